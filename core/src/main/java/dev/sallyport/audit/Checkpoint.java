package dev.sallyport.audit;

import java.util.Base64;

/**
 * What a log commits itself to: C2SP tlog-checkpoint.
 *
 * @param origin the name of the log
 * @param size how many entries it has
 * @param root the hash of them all
 */
public record Checkpoint(String origin, long size, byte[] root) {

    /** The signed note. */
    public String signedBy(SigningKey key) {
        return key.sign(origin + "\n" + size + "\n" + Base64.getEncoder().encodeToString(root) + "\n");
    }
}
