package dev.sallyport.access;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** A way into the realm: where the question "may this pass?" is asked. */
public enum Door {
    BROWSER_LOGIN,
    SSO_REENTRY,
    BROKERED_LOGIN,
    DIRECT_GRANT,
    CODE_EXCHANGE,
    REFRESH,
    TOKEN_EXCHANGE,
    DEVICE_GRANT,
    SERVICE_ACCOUNT,
    USERINFO,
    INTROSPECTION,
    /** Any token that is about to be issued, by whatever grant. */
    TOKEN;

    /**
     * Whether the client makes the request itself, rather than someone whom it handed a token. A public client runs on the
     * user's own device, so such a request comes from where the user is.
     */
    public boolean askedByClient() {
        return switch (this) {
            case CODE_EXCHANGE, REFRESH, TOKEN_EXCHANGE, DEVICE_GRANT, SERVICE_ACCOUNT, TOKEN -> true;
            default -> false;
        };
    }

    @JsonValue
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
