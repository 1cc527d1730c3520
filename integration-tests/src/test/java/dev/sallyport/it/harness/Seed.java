package dev.sallyport.it.harness;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a server leaves that was started with an empty database: all tables, and the realm of administrators. Making those is a
 * good third of a start, so it is done once for each release and pack, and every server gets a copy.
 */
final class Seed {

    private Seed() {}

    /** A directory: that of a PostgreSQL, or with the file of an H2. */
    static Path of(boolean postgres) throws IOException {
        var settings = Settings.CURRENT;
        var name = settings.version() + (postgres ? "-postgres" : "-h2");
        var seeds = Files.createDirectories(settings.work().resolve("keycloak").resolve("seeds"));
        // NB. Test classes run in several virtual machines at once, and none must see what another has not finished.
        try (var file = FileChannel.open(seeds.resolve(name + ".lock"), CREATE, WRITE);
                var held = file.lock()) {
            var seed = seeds.resolve(name);
            var mark = seeds.resolve(name + ".txt");
            var recipe = Distribution.of(settings).packHash();
            if (Files.exists(mark) && Files.readString(mark).equals(recipe)) return seed;
            Distribution.delete(seed);
            make(seed, name, postgres);
            Files.writeString(mark, recipe);
            return seed;
        }
    }

    private static void make(Path seed, String name, boolean postgres) throws IOException {
        Files.createDirectories(seed);
        var spec = new ServerSpec(postgres, 1, List.of(), List.of(), List.of(), false, false, false);
        try (var database = postgres ? Database.Postgres.on(seed) : new Database.H2(Optional.empty())) {
            var server = new ServerProcess(spec, "seed-" + name, database, Optional.empty(), false);
            // NB. One that does not come up may be running all the same, on a database that is closed next.
            try {
                server.start();
            } finally {
                server.stop();
            }
            if (!postgres) Distribution.copy(server.home().resolve(Database.H2.PLACE), seed);
        }
    }
}
