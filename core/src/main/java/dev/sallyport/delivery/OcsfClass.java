package dev.sallyport.delivery;

/**
 * The classes of OCSF 1.8.0 that the audit log's types are mapped to.
 */
enum OcsfClass {
    ACCOUNT_CHANGE(3001, "Account Change"),
    AUTHENTICATION(3002, "Authentication"),
    AUTHORIZE_SESSION(3003, "Authorize Session"),
    ENTITY_MANAGEMENT(3004, "Entity Management"),
    // NB. Deprecated from 1.9 on in favour of a class that 1.8 does not have.
    USER_ACCESS(3005, "User Access Management"),
    API_ACTIVITY(6003, "API Activity"),
    DETECTION_FINDING(2004, "Detection Finding");

    final int uid;
    final String caption;

    OcsfClass(int uid, String caption) {
        this.uid = uid;
        this.caption = caption;
    }

    int category() {
        return uid / 1000;
    }

    String categoryName() {
        return switch (category()) {
            case 2 -> "Findings";
            case 3 -> "Identity & Access Management";
            default -> "Application Activity";
        };
    }
}
