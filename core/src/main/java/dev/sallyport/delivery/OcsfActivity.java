package dev.sallyport.delivery;

/**
 * What happened, in OCSF's words.
 *
 * @param id of the activity in its class; 99 where the class has no word for it
 * @param name of the activity; for 99 our own
 * @param severity 1 informational, 2 low, 3 medium, 4 high, 5 critical
 */
record OcsfActivity(OcsfClass of, int id, String name, int severity) {

    private static final int OTHER = 99;

    /**
     * @param type of an audit entry; one that is not known here is an activity that OCSF has no word for
     * @param aboutUser whether it was done to a user
     */
    static OcsfActivity of(String type, boolean aboutUser) {
        return switch (type) {
            case "access.denied" -> authentication(1, "Logon", 2);
            case "access.step-up", "access.report-only", "session.started" -> authentication(1, "Logon", 1);
            case "session.ended" -> authentication(2, "Logoff", 1);
            case "session.killed" -> authentication(2, "Logoff", 3);
            case "session.event", "session.activity" -> new OcsfActivity(OcsfClass.API_ACTIVITY, OTHER, type, 1);
            case "elevation.activated" -> new OcsfActivity(OcsfClass.AUTHORIZE_SESSION, 1, "Assign Privileges", 2);
            case "emergency.activated" -> new OcsfActivity(OcsfClass.AUTHORIZE_SESSION, 1, "Assign Privileges", 4);
            case "elevation.ended" -> new OcsfActivity(OcsfClass.USER_ACCESS, 2, "Revoke Privileges", 1);
            case "finding.raised" -> new OcsfActivity(OcsfClass.DETECTION_FINDING, 1, "Create", 3);
            case "response.taken" -> new OcsfActivity(OcsfClass.DETECTION_FINDING, 2, "Update", 3);
            case "finding.resolved" -> new OcsfActivity(OcsfClass.DETECTION_FINDING, 3, "Close", 1);
            case "lock.set" ->
                aboutUser ? new OcsfActivity(OcsfClass.ACCOUNT_CHANGE, 9, "Lock", 3) : entity(9, "Disable", 3);
            case "lock.lifted" ->
                aboutUser ? new OcsfActivity(OcsfClass.ACCOUNT_CHANGE, 12, "Unlock", 2) : entity(8, "Enable", 2);
            case "device.enrolled" -> entity(6, "Enroll", 1);
            case "device.blocked" -> entity(9, "Disable", 3);
            case "elevation.requested", "config.created", "review.opened", "delegation.created" ->
                entity(1, "Create", 1);
            case "device.removed", "config.deleted", "delegation.ended" -> entity(4, "Delete", 1);
            case "audit.pruned", "audit.erased" -> entity(4, "Delete", 2);
            case "device.updated",
                    "device.posture-changed",
                    "elevation.approved",
                    "elevation.denied",
                    "elevation.cancelled",
                    "elevation.expired",
                    "elevation.extended",
                    "emergency.reviewed",
                    "config.updated",
                    "config.confirmed",
                    "review.decided",
                    "review.closed" -> entity(3, "Update", 1);
            case "access.suspended" -> entity(9, "Disable", 4);
            default -> entity(OTHER, type, 1);
        };
    }

    private static OcsfActivity authentication(int id, String name, int severity) {
        return new OcsfActivity(OcsfClass.AUTHENTICATION, id, name, severity);
    }

    private static OcsfActivity entity(int id, String name, int severity) {
        return new OcsfActivity(OcsfClass.ENTITY_MANAGEMENT, id, name, severity);
    }

    OcsfActivity withSeverity(int other) {
        return new OcsfActivity(of, id, name, other);
    }

    /** {@code class_uid} and {@code activity_id} in one number. */
    int type() {
        return of.uid * 100 + id;
    }
}
