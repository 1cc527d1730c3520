package dev.sallyport.verify;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** What the log committed itself to once: C2SP tlog-checkpoint in a signed note. */
record Checkpoint(String origin, long size, byte[] root) {

    private static final String SIGNATURE = "\u2014 ";

    /** @throws Unreadable if it is none, or none of these keys has signed it */
    static Checkpoint read(String note, PublicKeys keys) {
        int end = note.lastIndexOf("\n\n");
        if (end < 0) throw new Unreadable("no signed note");
        var text = note.substring(0, end + 1);
        var signatures = note.substring(end + 2).lines().toList();
        var lines = text.lines().toList();
        if (lines.size() < 3 || !lines.get(1).matches("0|[1-9]\\d{0,17}")) throw new Unreadable("no checkpoint");
        var origin = lines.get(0);
        boolean signed = keys.keys().stream()
                .filter(key -> key.name().equals(origin))
                .anyMatch(key -> signed(key, text, signatures));
        if (!signed) throw new Unreadable("none of the keys has signed it");
        try {
            return new Checkpoint(
                    origin, Long.parseLong(lines.get(1)), Base64.getDecoder().decode(lines.get(2)));
        } catch (IllegalArgumentException e) {
            throw new Unreadable("no checkpoint");
        }
    }

    private static boolean signed(PublicKeys.Named key, String text, List<String> signatures) {
        var prefix = SIGNATURE + key.name() + " ";
        return signatures.stream()
                .filter(line -> line.startsWith(prefix))
                .anyMatch(line -> key.signed(text.getBytes(StandardCharsets.UTF_8), decode(line, prefix)));
    }

    private static byte[] decode(String line, String prefix) {
        try {
            return Base64.getDecoder().decode(line.substring(prefix.length()));
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }
}
