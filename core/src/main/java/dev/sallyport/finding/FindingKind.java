package dev.sallyport.finding;

import dev.sallyport.finding.DetectionRule.Severity;
import java.util.Locale;

/** What is found whether or not a rule is about it, and how bad that is as long as no rule says so. */
public enum FindingKind {
    /** A role that should be asked for is mapped to a user. */
    ROLE_GIVEN(Severity.HIGH),
    /** A user joins a group that decides who may ask or approve, or that has such a role. */
    GROUP_JOINED(Severity.HIGH),
    /** A group, with all who are in it, comes to be below such a group. */
    GROUP_MOVED(Severity.HIGH),
    /** Such a role is mapped to a group. */
    ROLE_GIVEN_TO_GROUP(Severity.HIGH),
    /** A role comes to contain such a role. */
    ROLE_CONTAINED(Severity.HIGH),
    /** A privilege gives more than was saved. */
    PRIVILEGE_WIDENED(Severity.HIGH),
    /** An emergency. */
    EMERGENCY_USED(Severity.HIGH),
    /** The audit log is to be kept for a shorter time. */
    RETENTION_SHORTENED(Severity.HIGH),
    /** Something of what protects the realm works no longer. */
    PROTECTION_REMOVED(Severity.CRITICAL),
    /** Something of the audit log is not as the log committed itself to. */
    SEQUENCE_GAP(Severity.CRITICAL);

    private final Severity severity;

    FindingKind(Severity severity) {
        this.severity = severity;
    }

    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public Severity severity() {
        return severity;
    }
}
