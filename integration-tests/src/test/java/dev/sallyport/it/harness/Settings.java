package dev.sallyport.it.harness;

import java.nio.file.Path;

/**
 * What this run was asked for on the command line.
 *
 * @param version the Keycloak release to test on
 * @param container whether the server runs in a container instead of from the distribution zip
 * @param postgres whether the plain server stores in PostgreSQL instead of H2
 * @param pack the one jar that is deployed
 * @param verifier the program that verifies audit logs
 * @param work where servers are unpacked and their logs are written
 */
record Settings(String version, boolean container, boolean postgres, Path pack, Path verifier, Path work) {

    static final Settings CURRENT = new Settings(
            System.getProperty("sallyport.it.keycloak", "26.7.3"),
            System.getProperty("sallyport.it.server", "process").equals("container"),
            System.getProperty("sallyport.it.db", "h2").equals("postgres"),
            path("sallyport.it.pack", "../distribution/target/sallyport-keycloak-0.1.0-SNAPSHOT.jar"),
            path("sallyport.it.verifier", "../verifier/target/sallyport-verify-0.1.0-SNAPSHOT.jar"),
            path("sallyport.it.work", "target"));

    private static Path path(String property, String otherwise) {
        return Path.of(System.getProperty(property, otherwise)).toAbsolutePath().normalize();
    }
}
