package dev.sallyport.verify;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** A log as a server would have written it, by formats alone. */
final class WrittenLog {

    static final String ORIGIN = "sso.example.com/realms/demo/sallyport";

    private final KeyPair pair = pair();
    private final List<String> entries = new ArrayList<>();

    static WrittenLog of(int entries) {
        var log = new WrittenLog();
        for (int i = 0; i < entries; i++) log.add("{\"details\":{\"n\":" + i + "},\"type\":\"access.denied\"}");
        return log;
    }

    WrittenLog add(String canonicalEntry) {
        entries.add(canonicalEntry);
        return this;
    }

    List<String> lines() {
        var lines = new ArrayList<String>();
        for (int i = 0; i < entries.size(); i++) lines.add(line(i, entries.get(i)));
        return lines;
    }

    String entry(int index) {
        return entries.get(index);
    }

    /** What a server exports that finds an entry at a place to which another one was committed. */
    String row(int place, String entry) {
        return line(place, entries.get(place), entry);
    }

    static String line(long index, String entry) {
        return line(index, entry, entry);
    }

    private static String line(long index, String committed, String entry) {
        return "{\"index\":" + index + ",\"leafHash\":\"" + Base64.getEncoder().encodeToString(hash(committed))
                + "\",\"entry\":" + entry + "}";
    }

    private static byte[] hash(String entry) {
        return GrowingTree.leaf(entry.getBytes(StandardCharsets.UTF_8));
    }

    String key() {
        var typed = new byte[33];
        typed[0] = 1;
        System.arraycopy(publicKey(), 0, typed, 1, 32);
        return ORIGIN + "+" + HexFormat.of().formatHex(id()) + "+"
                + Base64.getEncoder().encodeToString(typed) + "\n";
    }

    /** The checkpoint of the first so many entries. */
    String checkpoint(int size) {
        var tree = new GrowingTree();
        entries.subList(0, size).forEach(entry -> tree.add(hash(entry)));
        var text = ORIGIN + "\n" + size + "\n" + Base64.getEncoder().encodeToString(tree.root()) + "\n";
        return text + "\n\u2014 " + ORIGIN + " " + Base64.getEncoder().encodeToString(signed(text)) + "\n";
    }

    private byte[] signed(String text) {
        try {
            var signature = Signature.getInstance("Ed25519");
            signature.initSign(pair.getPrivate());
            signature.update(text.getBytes(StandardCharsets.UTF_8));
            var signed = signature.sign();
            var both = Arrays.copyOf(id(), 4 + signed.length);
            System.arraycopy(signed, 0, both, 4, signed.length);
            return both;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] id() {
        return Arrays.copyOf(
                GrowingTree.sha256((ORIGIN + "\n").getBytes(StandardCharsets.UTF_8), new byte[] {1}, publicKey()), 4);
    }

    private byte[] publicKey() {
        var encoded = pair.getPublic().getEncoded();
        return Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
    }

    private static KeyPair pair() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
