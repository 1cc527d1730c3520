package dev.sallyport.it.harness;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/** The rsyslog of the operating system, which takes messages over TLS from whom it knows by certificate. */
public final class Rsyslog implements AutoCloseable {

    private static final Path EXECUTABLE = Path.of("/usr/sbin/rsyslogd");

    private final Path directory;
    private final int port;
    private Process process;

    private Rsyslog(Path directory, int port) {
        this.directory = directory;
        this.port = port;
    }

    /** Whether there is one; {@code bin/prepare-tests} installs it where it can. */
    public static boolean installed() {
        try (var files = Files.walk(Path.of("/usr/lib"), 4)) {
            return Files.isExecutable(EXECUTABLE) && files.anyMatch(file -> file.endsWith("rsyslog/lmnsd_ossl.so"));
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Starts one with a certificate of the servers' authority.
     *
     * @param name that the certificate is for, besides none of localhost unless it is that
     */
    public static Rsyslog start(Pki pki, String name) {
        var port = Ports.free();
        var directory = Settings.CURRENT.work().resolve("rsyslog").resolve(name + "-" + port);
        try {
            Files.createDirectories(directory);
            var certificate = name.equals("localhost")
                    ? pki.serverCertificate()
                    : pki.servers()
                            .issue(c -> c.subject("CN=" + name).dns(name).purposes(KeyPurposeId.id_kp_serverAuth));
            Files.writeString(directory.resolve("authority.pem"), pki.devices().pem());
            Files.writeString(directory.resolve("server.pem"), CertificateAuthority.pem(certificate.leaf()));
            Files.writeString(directory.resolve("server.key"), CertificateAuthority.pem(certificate.key()));
            Files.writeString(directory.resolve("rsyslog.conf"), configuration(directory, port));
        } catch (IOException e) {
            throw new IllegalStateException("No rsyslog", e);
        }
        var rsyslog = new Rsyslog(directory, port);
        rsyslog.start();
        return rsyslog;
    }

    /** Starts it, again if it was stopped. */
    public void start() {
        try {
            process = new ProcessBuilder(
                            EXECUTABLE.toString(),
                            "-n",
                            "-f",
                            directory.resolve("rsyslog.conf").toString(),
                            "-i",
                            directory.resolve("rsyslog.pid").toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            directory.resolve("rsyslog.log").toFile()))
                    .start();
        } catch (IOException e) {
            throw new IllegalStateException("No rsyslog", e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        await().atMost(Duration.ofSeconds(20)).until(this::answers);
    }

    private boolean answers() throws IOException {
        if (!process.isAlive()) {
            throw new IllegalStateException(
                    "rsyslog did not start: " + Files.readString(directory.resolve("rsyslog.log")));
        }
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    public void stop() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) process.destroyForcibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public String url() {
        return "tls://127.0.0.1:" + port;
    }

    /** The certificate by which it knows the server, as a sink's document has it. */
    public static ClientCertificate known(Pki pki) {
        return pki.devices().issue(c -> c.subject("CN=sallyport").dns("sallyport"));
    }

    public static String pem(ClientCertificate certificate) {
        return certificate.chain().stream().map(CertificateAuthority::pem).collect(Collectors.joining());
    }

    public static String keyPem(ClientCertificate certificate) {
        return CertificateAuthority.pem(certificate.key());
    }

    /** What it has written, a line a message: priority, host, program, type, structured data and text, tabs between. */
    public List<String> lines() {
        var file = directory.resolve("received");
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String configuration(Path directory, int port) {
        return """
                global(
                  workDirectory="%1$s"
                  maxMessageSize="128k"
                  defaultNetstreamDriverCAFile="%1$s/authority.pem"
                  defaultNetstreamDriverCertFile="%1$s/server.pem"
                  defaultNetstreamDriverKeyFile="%1$s/server.key"
                )
                module(load="imtcp" streamDriver.name="ossl" streamDriver.mode="1"
                       streamDriver.authMode="x509/name" permittedPeer=["sallyport"])
                template(name="all" type="string"
                         string="%%pri%%\\t%%hostname%%\\t%%app-name%%\\t%%msgid%%\\t%%structured-data%%\\t%%msg%%\\n")
                input(type="imtcp" address="127.0.0.1" port="%2$d")
                action(type="omfile" file="%1$s/received" template="all")
                """.formatted(directory, port);
    }

    @Override
    public void close() {
        stop();
    }
}
