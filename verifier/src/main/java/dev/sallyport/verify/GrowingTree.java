package dev.sallyport.verify;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;

/** Grows a tree of RFC 6962 entry by entry, and remembers no more than the hashes of its complete subtrees. */
final class GrowingTree {

    private record Subtree(long size, byte[] hash) {}

    private final Deque<Subtree> subtrees;

    GrowingTree() {
        subtrees = new ArrayDeque<>();
    }

    /** Grows on from there, while the other stays as it is. */
    GrowingTree(GrowingTree other) {
        subtrees = new ArrayDeque<>(other.subtrees);
    }

    /** The hash of an entry. */
    static byte[] leaf(byte[] entry) {
        return sha256(new byte[] {0}, entry);
    }

    void add(byte[] leafHash) {
        var last = new Subtree(1, leafHash);
        while (!subtrees.isEmpty() && subtrees.peek().size() == last.size()) {
            var before = subtrees.pop();
            last = new Subtree(before.size() * 2, sha256(new byte[] {1}, before.hash(), last.hash()));
        }
        subtrees.push(last);
    }

    /** The hash of all that was added. */
    byte[] root() {
        if (subtrees.isEmpty()) return sha256();
        byte[] root = null;
        for (var subtree : subtrees)
            root = root == null ? subtree.hash() : sha256(new byte[] {1}, subtree.hash(), root);
        return root;
    }

    static byte[] sha256(byte[]... parts) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (var part : parts) digest.update(part);
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
