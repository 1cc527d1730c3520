package dev.sallyport.delivery;

/**
 * How a receiver stands to the entry that it is to get next: whether it is this entry that it does not want, or nothing at
 * all. Nobody can be allowed to stop a sink by an entry that some filter in front of the receiver takes offence at, and no
 * outage may turn a log into dead letters.
 *
 * @param refusals how often it answered that it does not take the next entry
 * @param inRow how many entries it refused for good with none taken in between
 */
public record Standing(int refusals, int inRow) {

    public static final Standing GOOD = new Standing(0, 0);

    /** How often an entry is refused before it is given up, or something else is tried in its place. */
    static final int REFUSALS = 5;

    /** How many entries are given up in a row: whoever refuses more refuses everything. */
    static final int MOST_IN_ROW = 10;

    /** Something else was taken, so it is this entry. */
    private static final int SINGLED_OUT = 1_000;

    /** What a receiver answered to the next entry. */
    public enum Answer {
        /** Something that is not about this entry, as far as it says. */
        FAILURE,
        REFUSAL,
        REFUSAL_FOR_GOOD
    }

    /**
     * Whether something else is to be tried, to see if it is this entry that is not taken.
     *
     * @param entry whether that is an entry; who takes checkpoints need not take any entry
     */
    public boolean wantsProof(boolean entry) {
        return refusals >= REFUSALS && refusals < SINGLED_OUT && (entry || inRow < MOST_IN_ROW);
    }

    /**
     * The same once something else was tried; if it was taken, this entry is tried a last time, since all may be well again.
     *
     * @param entry whether that was an entry
     */
    public Standing tried(boolean taken, boolean entry) {
        if (!taken) return new Standing(REFUSALS - 1, inRow);
        return new Standing(SINGLED_OUT, entry ? 0 : inRow);
    }

    /** The same after one more answer. */
    public Standing answered() {
        return new Standing(Math.min(refusals + 1, SINGLED_OUT + 1), inRow);
    }

    /** Whether the entry is given up, given what {@link #answered} has counted. */
    public boolean givesUp(Answer answer) {
        if (refusals > SINGLED_OUT) return true;
        if (inRow >= MOST_IN_ROW) return false;
        return answer == Answer.REFUSAL_FOR_GOOD || answer == Answer.REFUSAL && refusals >= REFUSALS;
    }

    /** The next entry's, once this one is given up. */
    public Standing givenUp() {
        return new Standing(0, inRow + 1);
    }
}
