//! Writes the client, from the spec in `$SPEC` to `client/src`. What the client looks like is the generator's affair.

use std::{env, error::Error, fs};

use openapi_to_rust::{CodeGenerator, GeneratorConfig, SchemaAnalyzer, spec_source};

fn main() -> Result<(), Box<dyn Error>> {
    let path = env::var("SPEC")?;
    let spec = spec_source::parse_spec(&fs::read_to_string(&path)?, &path)?;
    if let Some(warning) = spec_source::validate_oas_document(&spec)? {
        return Err(warning.into());
    }
    let mut config = GeneratorConfig {
        output_dir: "client/src".into(),
        module_name: "client".into(),
        enable_sse_client: false,
        tracing_enabled: false,
        ..GeneratorConfig::default()
    };
    config.apply_spec_server_default(&spec);
    let mut analysis = SchemaAnalyzer::new(spec)?.analyze()?;
    let generator = CodeGenerator::new(config);
    let files = generator.generate_all(&mut analysis)?;
    Ok(generator.write_files(&files)?)
}
