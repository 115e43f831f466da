/*
 * A server that gives the reply that it was told, whatever it is asked: the replies of the vectors reach the generated
 * client over a socket. Not here: the vectors (Vectors).
 */
package polyglot;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;

final class Replies implements AutoCloseable {
    private record Reply(int status, Map<String, String> headers, byte[] body) {
    }

    private final HttpServer server;
    private volatile Reply next;

    Replies() throws IOException {
        // The server sends head and body apart, and each body would wait 40 ms for the head to be acknowledged.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::reply);
        server.start();
    }

    String url() {
        return "http://" + server.getAddress().getHostString() + ":" + server.getAddress().getPort();
    }

    void next(int status, Map<String, String> headers, String body) {
        next = new Reply(status, headers, body.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void reply(HttpExchange exchange) throws IOException {
        try (exchange) {
            var reply = next;
            exchange.getRequestBody().readAllBytes();
            reply.headers().forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(reply.status(), reply.body().length == 0 ? -1 : reply.body().length);
            exchange.getResponseBody().write(reply.body());
        }
    }
}
