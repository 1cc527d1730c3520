package dev.sallyport.audit;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * An Ed25519 key that signs checkpoints and nothing else, named as C2SP signed-note asks for.
 *
 * @param name the name of the log, without spaces and {@code +}
 * @param publicKey its 32 bytes
 */
public record SigningKey(String name, byte[] publicKey, PrivateKey secret) {

    private static final byte ED25519 = 1;
    private static final int KEY = 32;
    private static final int ID = 4;

    /** What stands between a note's text, whose last line break it begins with, and its signatures. */
    private static final String SIGNATURES = "\n\n";

    /** What an encoded Ed25519 key begins with (RFC 8410). */
    private static final byte[] ENCODED = HexFormat.of().parseHex("302a300506032b6570032100");

    /** A new key. */
    public static SigningKey create(String name) {
        try {
            return of(name, KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has Ed25519", e);
        }
    }

    private static SigningKey of(String name, KeyPair pair) {
        var encoded = pair.getPublic().getEncoded();
        // NB. Of an encoded Ed25519 key the last 32 bytes are the key (RFC 8410).
        return new SigningKey(
                name, Arrays.copyOfRange(encoded, encoded.length - KEY, encoded.length), pair.getPrivate());
    }

    /**
     * A key that is kept somewhere.
     *
     * @param pkcs8 the private key, encoded as RFC 8410 says
     */
    public static SigningKey read(String name, byte[] publicKey, byte[] pkcs8) {
        try {
            return new SigningKey(
                    name, publicKey, KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(pkcs8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("not an Ed25519 key", e);
        }
    }

    /** The first bytes of the hash of the key and its name, by which a signature says whose it is. */
    public static byte[] id(String name, byte[] publicKey) {
        var digest = MerkleTree.digest();
        digest.update(MerkleTree.ascii(name + "\n"));
        digest.update(ED25519);
        return Arrays.copyOf(digest.digest(publicKey), ID);
    }

    /** The line by which a verifier knows the key. */
    public static String line(String name, byte[] publicKey) {
        var typed = new byte[1 + publicKey.length];
        typed[0] = ED25519;
        System.arraycopy(publicKey, 0, typed, 1, publicKey.length);
        return name + "+" + HexFormat.of().formatHex(id(name, publicKey)) + "+"
                + Base64.getEncoder().encodeToString(typed);
    }

    /** The text, which ends with a line break, together with the line that signs it. */
    public String sign(String text) {
        try {
            var signature = Signature.getInstance("Ed25519");
            signature.initSign(secret);
            signature.update(MerkleTree.ascii(text));
            var signed = signature.sign();
            var id = id(name, publicKey);
            var both = Arrays.copyOf(id, id.length + signed.length);
            System.arraycopy(signed, 0, both, id.length, signed.length);
            return text + "\n\u2014 " + name + " " + Base64.getEncoder().encodeToString(both) + "\n";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a checkpoint cannot be signed", e);
        }
    }

    /** Whether that key has signed a note under that name. */
    static boolean signed(String note, String name, byte[] publicKey) {
        int end = note.indexOf(SIGNATURES);
        if (end < 0) return false;
        var text = note.substring(0, end + 1);
        var line = "\u2014 " + name + " ";
        return note.substring(end + SIGNATURES.length())
                .lines()
                .filter(signature -> signature.startsWith(line))
                .anyMatch(signature -> signed(text, name, publicKey, signature.substring(line.length())));
    }

    private static boolean signed(String text, String name, byte[] publicKey, String base64) {
        try {
            var both = Base64.getDecoder().decode(base64);
            if (both.length <= ID || !Arrays.equals(id(name, publicKey), 0, ID, both, 0, ID)) return false;
            var signature = Signature.getInstance("Ed25519");
            signature.initVerify(
                    KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(x509(publicKey))));
            signature.update(MerkleTree.ascii(text));
            return signature.verify(both, ID, both.length - ID);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    private static byte[] x509(byte[] publicKey) {
        var encoded = Arrays.copyOf(ENCODED, ENCODED.length + publicKey.length);
        System.arraycopy(publicKey, 0, encoded, ENCODED.length, publicKey.length);
        return encoded;
    }
}
