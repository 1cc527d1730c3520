package dev.sallyport.it.harness;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Where a server, or all nodes of a cluster, store. Each gets a database of its own. */
sealed interface Database {

    /** What {@code kc.sh start} needs to know. */
    List<String> options();

    /** A connection beside the server's own. */
    Connection connect() throws SQLException;

    static Database of(ServerSpec spec) {
        return spec.postgres() ? Postgres.fresh() : new H2();
    }

    /** A file below the server's home; one process only. */
    record H2() implements Database {

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

    /** A database in the one PostgreSQL of this JVM. */
    record Postgres(String url, String user) implements Database {

        private static final AtomicInteger COUNT = new AtomicInteger();
        private static Optional<EmbeddedPostgres> engine = Optional.empty();

        static Postgres fresh() {
            var name = "keycloak_" + COUNT.incrementAndGet();
            try (var admin = engine().getPostgresDatabase().getConnection();
                    var statement = admin.createStatement()) {
                statement.execute("CREATE DATABASE " + name);
            } catch (SQLException e) {
                throw new IllegalStateException("Cannot create database " + name, e);
            }
            return new Postgres(engine().getJdbcUrl("postgres", name), "postgres");
        }

        private static synchronized EmbeddedPostgres engine() {
            if (engine.isEmpty())
                engine = Optional.of(Progress.step("starting PostgreSQL", () -> EmbeddedPostgres.builder()
                        .setServerConfig("max_connections", "200")
                        .start()));
            return engine.get();
        }

        /** Stops the engine, if any server asked for it. */
        static synchronized void shutDown() {
            engine.ifPresent(running -> {
                try {
                    running.close();
                } catch (IOException e) {
                    throw new IllegalStateException("PostgreSQL does not stop", e);
                }
            });
            engine = Optional.empty();
        }

        @Override
        public List<String> options() {
            return List.of(
                    "--db-url=" + url, "--db-username=" + user, "--db-password=" + user, "--db-pool-max-size=20");
        }

        @Override
        public Connection connect() throws SQLException {
            return DriverManager.getConnection(url, user, user);
        }
    }
}
