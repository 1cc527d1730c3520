package dev.sallyport.it.harness;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The server's zip as Maven fetched it. Unpacking and augmenting take half a minute, so both are done once and found again
 * by the next run; what was augmented with another pack jar is replaced.
 */
record Distribution(String version, Path pack, Path work) {

    private static final String AUGMENTED_WITH = "augmented-with.txt";

    static Distribution of(Settings settings) {
        return new Distribution(settings.version(), settings.pack(), settings.work());
    }

    /** A directory of its own for one node, ready for {@code bin/kc.sh start --optimized}. */
    Path install(ServerSpec spec, String node) throws IOException {
        var augmented = augmentedOnce(spec);
        var home = work.resolve("keycloak").resolve("nodes").resolve(version + "-" + node);
        delete(home);
        for (var part : List.of("bin", "conf")) copy(augmented.resolve(part), home.resolve(part));
        for (var part : List.of("lib", "providers", "themes"))
            Files.createSymbolicLink(home.resolve(part), augmented.resolve(part));
        return home;
    }

    // NB. Test classes run in several virtual machines at once, and none must see what another has not finished.
    private Path augmentedOnce(ServerSpec spec) throws IOException {
        var lock = Files.createDirectories(work.resolve("keycloak")).resolve("augmenting.lock");
        try (var file = FileChannel.open(lock, CREATE, WRITE);
                var held = file.lock()) {
            return augmented(spec);
        }
    }

    private Path augmented(ServerSpec spec) throws IOException {
        if (!Files.exists(pack))
            throw new IllegalStateException(
                    "There is no " + pack + ". Build it first: mvn package -pl distribution -am -DskipTests");
        var wanted = String.join("\n", spec.augmentation()) + "\n" + spec.extensions();
        var recipe = version + "\n" + packHash() + "\n" + wanted + "\n";
        var options = sha256(wanted.getBytes(UTF_8));
        var home = work.resolve("keycloak").resolve(version + "-" + options.substring(0, 8));
        var mark = home.resolve(AUGMENTED_WITH);
        if (Files.exists(mark) && Files.readString(mark).equals(recipe)) return home;

        var pristine = unpacked();
        return Progress.step("augmenting Keycloak " + version + " " + spec.augmentation(), () -> {
            delete(home);
            copy(pristine, home);
            Files.copy(pack, home.resolve("providers").resolve(pack.getFileName()));
            for (var extension : spec.extensions()) ExtensionJar.write(extension, home.resolve("providers"));
            build(home, spec);
            Files.writeString(mark, recipe);
            return home;
        });
    }

    /** What tells one build of the pack from another. */
    String packHash() throws IOException {
        return sha256(Files.readAllBytes(pack));
    }

    private static void build(Path home, ServerSpec spec) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(home.resolve("bin/kc.sh").toString(), "build"));
        command.addAll(spec.augmentation());
        var log = home.resolve("build.log");
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("JAVA_OPTS_APPEND", ServerProcess.SHORT_LIVED);
        if (builder.start().waitFor() != 0)
            throw new IllegalStateException("kc.sh build failed:\n" + Files.readString(log));
    }

    /** The server as it was published, without the pack. */
    Path unpacked() throws IOException {
        var home = work.resolve("keycloak").resolve("keycloak-" + version);
        if (Files.exists(home.resolve("version.txt"))) return home;

        var zip = work.resolve("distributions").resolve("keycloak-quarkus-dist-" + version + ".zip");
        return Progress.step("unpacking Keycloak " + version, () -> {
            var unfinished = work.resolve("keycloak").resolve("unpacking-" + version);
            delete(unfinished);
            try (var archive = FileSystems.newFileSystem(zip)) {
                copy(archive.getPath("keycloak-" + version), unfinished);
            }
            unfinished.resolve("bin/kc.sh").toFile().setExecutable(true);
            delete(home);
            return Files.move(unfinished, home);
        });
    }

    static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Files.createDirectories(target(directory));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                var copy = Files.copy(file, target(file));
                if (copy.toString().endsWith(".sh")) copy.toFile().setExecutable(true);
                return FileVisitResult.CONTINUE;
            }

            private Path target(Path source) {
                return to.resolve(from.relativize(source).toString());
            }
        });
    }

    static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) return;
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
