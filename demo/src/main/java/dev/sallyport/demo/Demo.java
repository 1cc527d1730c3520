package dev.sallyport.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;

/** Starts the demo; {@code bin/demo} calls it with what it has built and fetched. */
public final class Demo {

    private Demo() {}

    /**
     * @param arguments {@code run PACK KEYCLOAK REALM DIRECTORY} starts everything and stops it on Ctrl-C;
     *     {@code certificates DIRECTORY} makes the certificates only; {@code introduce SERVER DIRECTORY} registers the
     *     demo's devices with a server that runs elsewhere
     */
    public static void main(String[] arguments) throws Exception {
        try {
            switch (arguments.length == 0 ? "" : arguments[0]) {
                case "run" ->
                    run(
                            Path.of(arguments[1]),
                            Path.of(arguments[2]),
                            Path.of(arguments[3]),
                            Path.of(arguments[4]).toAbsolutePath());
                case "certificates" -> {
                    var made = new Certificates(Path.of(arguments[1])).prepared();
                    System.out.println("Certificates are in " + made.directory());
                }
                case "introduce" -> introduce(URI.create(arguments[1]), new Certificates(Path.of(arguments[2])));
                default -> throw new IllegalArgumentException("run, certificates or introduce");
            }
        } catch (IOException | IllegalStateException | IllegalArgumentException e) {
            System.err.println("\nThe demo failed: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void introduce(URI server, Certificates certificates) throws IOException, InterruptedException {
        trust(certificates);
        var administrator = Optional.ofNullable(System.getenv("KC_BOOTSTRAP_ADMIN_USERNAME"))
                .orElse(KeycloakServer.ADMINISTRATOR);
        var password = Optional.ofNullable(System.getenv("KC_BOOTSTRAP_ADMIN_PASSWORD"))
                .orElse(KeycloakServer.PASSWORD);
        Administration.asAdministrator(server, administrator, password).introduce(certificates);
        report(server);
        System.out.println("The demo's devices are registered at " + server);
    }

    private static void report(URI server) throws IOException, InterruptedException {
        var management = Administration.asDeviceManagement(server);
        for (var device : Device.values()) {
            if (device.registered()) management.report(device, device != Device.AILING_LAPTOP);
        }
    }

    private static void run(Path pack, Path home, Path realm, Path directory) throws Exception {
        int serverPort = port("KEYCLOAK", 8443);
        int applicationPort = port("APP", 8090);
        int devicePort = port("DEVICES", 8451);
        requireFree(serverPort, "KEYCLOAK");
        requireFree(applicationPort, "APP");
        for (int i = 0; i < Device.values().length; i++) requireFree(devicePort + i, "DEVICES");

        Files.createDirectories(directory);
        var log = directory.resolve("keycloak.log");
        var certificates = new Certificates(directory.resolve("certificates")).prepared();
        trust(certificates);

        var running = new Running();
        Runtime.getRuntime().addShutdownHook(new Thread(running::close, "stop"));
        System.out.println("  Log of Keycloak: " + log);
        KeycloakServer server;
        try (var progress = new Progress(System.out, "Starting Keycloak, about half a minute")) {
            server = running.add(KeycloakServer.start(home, pack, realm, certificates, serverPort, log));
            server.awaitRealm(Administration.REALM, progress);
        }
        try (var progress = new Progress(System.out, "Registering the devices")) {
            Administration.asAdministrator(server.address(), KeycloakServer.ADMINISTRATOR, KeycloakServer.PASSWORD)
                    .introduce(certificates);
            progress.tick();
            report(server.address());
        }
        var devices = new LinkedHashMap<String, URI>();
        devices.put("", realm(serverPort));
        for (var device : Device.values()) {
            int port = devicePort + device.ordinal();
            running.add(DeviceTunnel.open(certificates, device, port, serverPort));
            devices.put(device.id(), realm(port));
        }
        var application = running.add(
                DemoApplication.start(applicationPort, devices, Administration.asDeviceManagement(server.address())));
        System.out.println(welcome(application.address(), server.address(), certificates));
        server.awaitEnd();
        if (!running.closed()) throw new IllegalStateException("Keycloak ended by itself; see " + log);
    }

    private static URI realm(int port) {
        return URI.create("https://localhost:" + port + "/realms/" + Administration.REALM);
    }

    private static void trust(Certificates certificates) {
        var context = certificates.trustingServer();
        SSLContext.setDefault(context);
        HttpsURLConnection.setDefaultSSLSocketFactory(context.getSocketFactory());
    }

    private static int port(String name, int usual) {
        var variable = "SALLYPORT_DEMO_" + name + "_PORT";
        var value = System.getenv(variable);
        if (value == null || value.isBlank()) return usual;
        if (!value.matches("\\d{2,5}")) throw new IllegalArgumentException(variable + " must be a port");
        return Integer.parseInt(value);
    }

    private static void requireFree(int port, String name) throws IOException {
        try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            socket.setReuseAddress(true);
        } catch (IOException e) {
            throw new IOException(
                    "port " + port + " is in use. Stop what uses it, or set SALLYPORT_DEMO_" + name + "_PORT.", e);
        }
    }

    private static String welcome(URI application, URI server, Certificates certificates) {
        return """

                The demo runs. Ctrl-C stops it.

                  Application     %1$s
                  Keycloak        %2$s/admin/  (%3$s / %4$s)
                  Users           engineer, auditor, contractor, lead; the password is the name
                  Certificates    %5$s  (password of the .p12 files: %6$s)

                Your browser warns about the demo's own server certificate, once for each port: go on.

                Try:
                  1. Open the application and sign in as engineer from this browser. No device is recognised, so a page
                     says why you may not enter.
                  2. Go back and sign in as engineer from the healthy laptop. You are in.
                  3. Press "Healthy laptop: report disk not encrypted", then "Refresh tokens": refused. Choose
                     "Sign in again": the page names the check and its remedy. Report the laptop healthy in a second
                     tab and press "Try again": you are in.
                  4. Press "Do administrator's work": it takes a role that nobody has permanently. Give a reason. In a
                     private window open %2$s/realms/demo/sallyport/approvals, sign in as lead and approve:
                     the first window goes on, and two minutes later the role is gone.

                The same by command, with the certificate of a device or without:
                  curl --cacert %5$s/server.crt \\
                       --cert %5$s/healthy-laptop.crt --key %5$s/healthy-laptop.key \\
                       -d client_id=demo-app -d grant_type=password -d username=engineer -d password=engineer \\
                       %2$s/realms/demo/protocol/openid-connect/token

                More to try: demo/README.md
                """.formatted(
                        application,
                        server,
                        KeycloakServer.ADMINISTRATOR,
                        KeycloakServer.PASSWORD,
                        certificates.directory(),
                        Certificates.PASSWORD);
    }

    /** What has to be stopped, last started first. */
    private static final class Running implements AutoCloseable {

        private final Deque<AutoCloseable> parts = new ArrayDeque<>();
        private boolean closed;

        synchronized <T extends AutoCloseable> T add(T part) throws Exception {
            parts.push(part);
            // NB. Ctrl-C may come while something starts.
            if (closed) close();
            return part;
        }

        synchronized boolean closed() {
            return closed;
        }

        @Override
        public synchronized void close() {
            closed = true;
            for (var part : parts) {
                try {
                    part.close();
                } catch (Exception e) {
                    System.err.println("could not be stopped: " + e.getMessage());
                }
            }
            parts.clear();
        }
    }
}
