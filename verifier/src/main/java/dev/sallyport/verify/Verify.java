package dev.sallyport.verify;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command. */
public final class Verify {

    private static final int INTACT = 0;
    private static final int NOT_INTACT = 1;
    private static final int NOT_UNDERSTOOD = 2;
    private static final int NOT_COVERED = 3;

    private static final String USAGE = """
            java -jar sallyport-verify.jar --key <file> --checkpoint <file> [--checkpoint <file> ...]
                                           [--earlier <export.jsonl> ...] <export.jsonl>

              --key         lines as GET .../audit/key gives them, kept since before there was anything to hide
              --checkpoint  a note as GET .../audit/checkpoint gives it; the more of them, and the older, the better,
                            best those that were sent away at once: whoever owns the database may own the key
              --earlier     an export that was taken before: by it entries are found that were pruned before their time,
                            and the first one is named that is another than it was

            Only what is under a checkpoint is proven. Take the checkpoint first, and then the export up to its size, its
            second line: GET .../audit/entries?toIndex=<size>

            Exits with
              0  every entry is under a checkpoint, and intact
              1  the log was tampered with: it says how, and where
              2  it cannot be told: an argument is missing or wrong, a file cannot be read, a signature does not match
              3  nothing is wrong as far as the checkpoints reach, and entries beyond them are not proven
            """;

    private Verify() {}

    /** @param arguments see the usage; exits as it says there */
    @SuppressWarnings("SystemOut") // NB. A command: what it prints is what it is for.
    public static void main(String[] arguments) {
        System.exit(run(arguments, System.out));
    }

    static int run(String[] arguments, PrintStream out) {
        Path key = null;
        Path export = null;
        var checkpoints = new ArrayList<Path>();
        var earlier = new ArrayList<Path>();
        for (int i = 0; i < arguments.length; i++) {
            boolean more = i + 1 < arguments.length;
            if (arguments[i].equals("--key") && more) key = Path.of(arguments[++i]);
            else if (arguments[i].equals("--checkpoint") && more) checkpoints.add(Path.of(arguments[++i]));
            else if (arguments[i].equals("--earlier") && more) earlier.add(Path.of(arguments[++i]));
            else if (arguments[i].startsWith("--") || export != null) return usage(out);
            else export = Path.of(arguments[i]);
        }
        if (key == null || export == null || checkpoints.isEmpty()) return usage(out);
        try {
            return verify(PublicKeys.read(Files.readString(key)), checkpoints, earlier, export, out);
        } catch (IOException | UncheckedIOException | Unreadable e) {
            out.println(e.getMessage());
            return NOT_UNDERSTOOD;
        }
    }

    private static int usage(PrintStream out) {
        out.print(USAGE);
        return NOT_UNDERSTOOD;
    }

    private static int verify(PublicKeys keys, List<Path> files, List<Path> earlier, Path export, PrintStream out)
            throws IOException {
        var checkpoints = new ArrayList<Checkpoint>();
        for (var file : files) {
            try {
                checkpoints.add(Checkpoint.read(Files.readString(file), keys));
            } catch (Unreadable e) {
                throw new Unreadable(file + ": " + e.getMessage());
            }
        }
        var open = new ArrayList<BufferedReader>();
        try (var lines = Files.newBufferedReader(export)) {
            var before = new ArrayList<EarlierExport>();
            for (var file : earlier) {
                open.add(Files.newBufferedReader(file));
                before.add(new EarlierExport(file.toString(), open.get(open.size() - 1)));
            }
            return tell(
                    Verification.of(lines, checkpoints, before),
                    checkpoints.get(0).origin(),
                    out);
        } finally {
            for (var reader : open) reader.close();
        }
    }

    private static int tell(Verification.Verdict verdict, String origin, PrintStream out) {
        verdict.faults().forEach(out::println);
        boolean intact = verdict.faults().isEmpty();
        if (!verdict.whole()) {
            out.println(uncovered(verdict));
        } else if (intact) {
            out.println("Intact: " + verdict.entries() + " entries of " + origin + ".");
        }
        if (intact && verdict.removed() > 0) {
            out.println("Of " + verdict.removed() + " of them only the hash is left, as entries of the log say.");
        }
        verdict.records().forEach(out::println);
        if (!intact) return NOT_INTACT;
        return verdict.whole() ? INTACT : NOT_COVERED;
    }

    private static String uncovered(Verification.Verdict verdict) {
        return verdict.covered() + " of " + verdict.entries()
                + " entries are under a checkpoint; nothing is proven of those from " + verdict.covered()
                + " on. Take a newer checkpoint too, and the export with its size as toIndex.";
    }
}
