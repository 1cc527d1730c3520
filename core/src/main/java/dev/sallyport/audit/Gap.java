package dev.sallyport.audit;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * Something of a log that is not as the log committed itself to.
 *
 * @param from the first place that it concerns
 * @param to the first place after; as {@code from}, 0, where it concerns the log as a whole
 */
public record Gap(Fault fault, long from, long to) {

    /** What is wrong. */
    public enum Fault {
        /** There is no entry in that place. */
        MISSING,
        /** There is more than one. */
        DOUBLED,
        /** What is there is not what was there. */
        ALTERED,
        /** What is there is what was there, but filed so that it is not found. */
        MISFILED,
        /** What was there was removed, and no record says why. */
        EMPTIED,
        /** The hashes of the tree do not fit each other. */
        HASHES,
        /** Entries have places after the last one. */
        BEYOND,
        /** The checkpoint is not of this tree. */
        CHECKPOINT,
        /** The log was longer. */
        SHRUNK,
        /** The log is another one than before. */
        FORKED,
        /** There is no tree any more. */
        GONE,
        /** An entry has been waiting for its place for too long. */
        WAITING;

        @JsonValue
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Gap at(Fault fault, long index) {
        return new Gap(fault, index, index + 1);
    }

    /** Of the log as a whole. */
    public static Gap of(Fault fault) {
        return new Gap(fault, 0, 0);
    }
}
