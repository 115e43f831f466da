/*
 * What the programs print: a JSON object a line. Not here: reading JSON of the service (Service).
 */
package polyglot;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.json.JsonMapper;

final class Lines {
    /** JSON is UTF-8, whatever the locale says. */
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private static final JsonMapper MAPPER = new JsonMapper();

    private Lines() {
    }

    static void print(Object line) {
        OUT.println(MAPPER.writeValueAsString(line));
    }
}
