package dev.sallyport.audit;

import java.util.Base64;
import java.util.Optional;

/**
 * What a log commits itself to: C2SP tlog-checkpoint.
 *
 * @param origin the name of the log
 * @param size how many entries it has
 * @param root the hash of them all
 */
public record Checkpoint(String origin, long size, byte[] root) {

    /**
     * What a signed note says.
     *
     * @param publicKey the 32 bytes of the key that must have signed it, under the name of the log
     * @return empty when that key did not, or when it is no checkpoint
     */
    public static Optional<Checkpoint> read(String note, byte[] publicKey) {
        var lines = note.split("\n", -1);
        if (lines.length < 4 || !SigningKey.signed(note, lines[0], publicKey)) return Optional.empty();
        try {
            return Optional.of(new Checkpoint(
                    lines[0], Long.parseLong(lines[1]), Base64.getDecoder().decode(lines[2])));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The signed note. */
    public String signedBy(SigningKey key) {
        return key.sign(origin + "\n" + size + "\n" + Base64.getEncoder().encodeToString(root) + "\n");
    }
}
