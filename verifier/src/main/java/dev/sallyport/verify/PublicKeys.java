package dev.sallyport.verify;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** The Ed25519 keys whose signatures count, as lines of C2SP signed-note. */
record PublicKeys(List<Named> keys) {

    private static final byte ED25519 = 1;
    private static final int KEY = 32;
    private static final int ID = 4;

    /** What comes before the 32 bytes of a key in its encoding (RFC 8410). */
    private static final byte[] HEADER = HexFormat.of().parseHex("302a300506032b6570032100");

    /** @param id what signatures of this key begin with */
    record Named(String name, byte[] id, PublicKey key) {

        boolean signed(byte[] text, byte[] signature) {
            if (signature.length <= ID || !Arrays.equals(id, Arrays.copyOf(signature, ID))) return false;
            try {
                var check = Signature.getInstance("Ed25519");
                check.initVerify(key);
                check.update(text);
                return check.verify(Arrays.copyOfRange(signature, ID, signature.length));
            } catch (GeneralSecurityException e) {
                return false;
            }
        }
    }

    /** @throws Unreadable if a line is no key */
    static PublicKeys read(String lines) {
        return new PublicKeys(lines.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(PublicKeys::key)
                .toList());
    }

    private static Named key(String line) {
        var parts = line.split("\\+", 3);
        try {
            var typed = Base64.getDecoder().decode(parts[2]);
            if (typed.length != 1 + KEY || typed[0] != ED25519) throw new Unreadable("no Ed25519 key: " + line);
            var id = Arrays.copyOf(GrowingTree.sha256((parts[0] + "\n").getBytes(StandardCharsets.UTF_8), typed), ID);
            if (!HexFormat.of().formatHex(id).equals(parts[1]))
                throw new Unreadable("a key under another's id: " + line);
            var encoded = Arrays.copyOf(HEADER, HEADER.length + KEY);
            System.arraycopy(typed, 1, encoded, HEADER.length, KEY);
            return new Named(
                    parts[0], id, KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
        } catch (GeneralSecurityException | IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new Unreadable("no key: " + line);
        }
    }
}
