package dev.sallyport.it.harness;

import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Where a server, or all nodes of a cluster, store. Each gets a database of its own. */
sealed interface Database extends AutoCloseable {

    /** What {@code kc.sh start} needs to know. */
    List<String> options();

    /** Puts what belongs below the server's home there. */
    default void install(Path home) throws IOException {}

    /** A connection beside the server's own. */
    Connection connect() throws SQLException;

    /**
     * Goes down and comes up again.
     *
     * @param meanwhile what there is to wait for before it comes up
     */
    void restart(Runnable meanwhile);

    @Override
    void close();

    /**
     * With a copy of what is in the seed.
     *
     * @param name that of whose it is: nobody else's is called so at the same time
     */
    static Database of(ServerSpec spec, String name) throws IOException {
        var seed = Seed.of(spec.postgres());
        return spec.postgres() ? Postgres.copied(seed, name, spec.durable()) : new H2(Optional.of(seed));
    }

    /**
     * A file below the server's home; one process only.
     *
     * @param seed where there is one already; empty to begin with nothing
     */
    record H2(Optional<Path> seed) implements Database {

        static final String PLACE = "data/h2";

        @Override
        public void install(Path home) throws IOException {
            if (seed.isPresent()) Distribution.copy(seed.get(), home.resolve(PLACE));
        }

        @Override
        public void close() {}

        @Override
        public void restart(Runnable meanwhile) {
            throw new IllegalStateException("An H2 file is a part of the server.");
        }

        @Override
        public List<String> options() {
            return List.of();
        }

        @Override
        public Connection connect() {
            throw new IllegalStateException(
                    "An H2 file belongs to the server process. Ask for @SallyportTest(postgres = true).");
        }
    }

    /** A PostgreSQL, so that whose database crashes is alone with that. */
    record Postgres(EmbeddedPostgres engine, Optional<Path> ownData) implements Database {

        private static final String USER = "postgres";
        private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

        /** On a directory that is there afterwards; on an empty one with nothing in it. */
        static Postgres on(Path data) {
            return new Postgres(started(data, false), Optional.empty());
        }

        static Postgres copied(Path seed, String name, boolean durable) throws IOException {
            var settings = Settings.CURRENT;
            var data =
                    settings.work().resolve("keycloak").resolve("databases").resolve(settings.version() + "-" + name);
            // NB. There may be one that a run left which was stopped.
            Distribution.delete(data);
            Files.createDirectories(data.getParent());
            // NB. PostgreSQL does not start on what others may read.
            Files.createDirectory(data, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            Distribution.copy(seed, data);
            return new Postgres(started(data, durable), Optional.of(data));
        }

        // NB. The engine's defaults are "off". With the first, what was committed last is lost when it crashes. The
        // second is about the machine's crash, which no test is, but to wait for the disk is a part of what a commit
        // costs.
        private static EmbeddedPostgres started(Path data, boolean durable) {
            return Progress.step("starting PostgreSQL", () -> EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .setServerConfig("max_connections", "200")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("fsync", durable ? "on" : "off")
                    .start());
        }

        @Override
        public void close() {
            try {
                engine.close();
            } catch (IOException e) {
                throw new IllegalStateException("PostgreSQL does not stop", e);
            }
            ownData.ifPresent(Postgres::delete);
        }

        // NB. When the virtual machine ends, the engine stops it by itself as well, and then calls itself closed while
        // still at it. What stays is deleted before the next one of that name.
        private static void delete(Path data) {
            try {
                await().atMost(Duration.ofSeconds(10)).until(() -> Files.notExists(data.resolve("postmaster.pid")));
                await().atMost(Duration.ofSeconds(10)).ignoreExceptions().until(() -> {
                    Distribution.delete(data);
                    return true;
                });
            } catch (RuntimeException e) {
                Progress.say("What PostgreSQL stored stays in " + data + ": " + e);
            }
        }

        /** As a database goes that is switched off and on again: without a word to anybody, and without finishing anything. */
        @Override
        public void restart(Runnable meanwhile) {
            Progress.step("restarting PostgreSQL", () -> {
                var data = Path.of(setting("data_directory"));
                var command = Stream.of(Files.readString(data.resolve("postmaster.opts"))
                                .strip()
                                .split(" "))
                        .map(word -> word.replace("\"", ""))
                        .toList();
                var stop = List.of(
                        Path.of(command.get(0)).resolveSibling("pg_ctl").toString(),
                        "-D",
                        data.toString(),
                        "-m",
                        "immediate",
                        "-w",
                        "stop");
                run(stop).waitFor();
                meanwhile.run();
                run(command);
                await().ignoreExceptions().until(() -> !setting("port").isEmpty());
                return data;
            });
        }

        // NB. PostgreSQL does not run as root, and is what the engine makes it then: somebody without a name.
        private static Process run(List<String> command) throws IOException {
            var root = "root".equals(System.getProperty("user.name"));
            var whole = Stream.concat(root ? Stream.of("unshare", "-U") : Stream.<String>empty(), command.stream())
                    .toList();
            return new ProcessBuilder(whole)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        }

        private String setting(String name) throws SQLException {
            try (var connection = connect();
                    var statement = connection.createStatement();
                    var result = statement.executeQuery("SHOW " + name)) {
                result.next();
                return result.getString(1);
            }
        }

        @Override
        public List<String> options() {
            return List.of(
                    "--db-url=" + url(), "--db-username=" + USER, "--db-password=" + USER, "--db-pool-max-size=20");
        }

        @Override
        public Connection connect() throws SQLException {
            return DriverManager.getConnection(url(), USER, USER);
        }

        private String url() {
            return engine.getJdbcUrl(USER, USER);
        }
    }
}
