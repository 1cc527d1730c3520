package dev.sallyport.logic;

/** An answer that may be missing. What an unknown answer means is the asker's to say: outside is never assumed. */
public enum Truth {
    YES,
    NO,
    UNKNOWN;

    public static Truth of(boolean answer) {
        return answer ? YES : NO;
    }

    /** YES if either is; otherwise UNKNOWN if either is. */
    public Truth or(Truth other) {
        if (this == YES || other == YES) return YES;
        return this == UNKNOWN || other == UNKNOWN ? UNKNOWN : NO;
    }

    /** NO if either is; otherwise UNKNOWN if either is. */
    public Truth and(Truth other) {
        if (this == NO || other == NO) return NO;
        return this == UNKNOWN || other == UNKNOWN ? UNKNOWN : YES;
    }

    public Truth not() {
        return switch (this) {
            case YES -> NO;
            case NO -> YES;
            case UNKNOWN -> UNKNOWN;
        };
    }
}
