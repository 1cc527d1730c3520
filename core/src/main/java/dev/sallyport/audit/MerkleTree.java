package dev.sallyport.audit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/** The hashes of RFC 6962, section 2.1, with SHA-256, over entries of which only hashes of complete subtrees are known. */
public final class MerkleTree {

    /** The length of a hash, in bytes. */
    static final int HASH = 32;

    private static final byte LEAF = 0;
    private static final byte NODE = 1;

    private MerkleTree() {}

    /** What is known of a tree. */
    public interface Subtrees {

        /**
         * The hash of a complete subtree: of the entries from {@code index * 2^level} on, as many as {@code 2^level}.
         *
         * @param level 0 for a single entry
         */
        byte[] hash(int level, long index);
    }

    /** The hash of one entry. */
    public static byte[] leaf(byte[] entry) {
        return sha256(LEAF, entry, new byte[0]);
    }

    static byte[] node(byte[] left, byte[] right) {
        return sha256(NODE, left, right);
    }

    /** The hash of the first {@code size} entries. */
    public static byte[] root(Subtrees known, long size) {
        return size == 0 ? digest().digest() : range(known, 0, size);
    }

    /** What proves that an entry is in a tree of that size (RFC 6962, section 2.1.1). */
    public static List<byte[]> inclusion(Subtrees known, long leaf, long size) {
        var path = new ArrayList<byte[]>();
        path(known, leaf, 0, size, path);
        return path;
    }

    /** What proves that a tree of one size begins with the tree of another (RFC 6962, section 2.1.2). */
    public static List<byte[]> consistency(Subtrees known, long from, long to) {
        var proof = new ArrayList<byte[]>();
        if (from > 0 && from < to) subproof(known, from, 0, to, true, proof);
        return proof;
    }

    // NB. Every range that comes up begins at a multiple of the next power of two, so a range of 2^n entries is a
    // subtree.
    private static byte[] range(Subtrees known, long start, long count) {
        if (Long.bitCount(count) == 1) return known.hash(Long.numberOfTrailingZeros(count), start / count);
        long left = largestPowerBelow(count);
        return node(range(known, start, left), range(known, start + left, count - left));
    }

    private static void path(Subtrees known, long leaf, long start, long count, List<byte[]> path) {
        if (count == 1) return;
        long left = largestPowerBelow(count);
        if (leaf < start + left) {
            path(known, leaf, start, left, path);
            path.add(range(known, start + left, count - left));
        } else {
            path(known, leaf, start + left, count - left, path);
            path.add(range(known, start, left));
        }
    }

    private static void subproof(Subtrees known, long from, long start, long count, boolean whole, List<byte[]> proof) {
        if (from == count) {
            if (!whole) proof.add(range(known, start, count));
            return;
        }
        long left = largestPowerBelow(count);
        if (from <= left) {
            subproof(known, from, start, left, whole, proof);
            proof.add(range(known, start + left, count - left));
        } else {
            subproof(known, from - left, start + left, count - left, false, proof);
            proof.add(range(known, start, left));
        }
    }

    private static long largestPowerBelow(long count) {
        return Long.highestOneBit(count - 1);
    }

    private static byte[] sha256(byte kind, byte[] left, byte[] right) {
        var digest = digest();
        digest.update(kind);
        digest.update(left);
        return digest.digest(right);
    }

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
