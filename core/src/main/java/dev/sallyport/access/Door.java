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
    /** An authorization policy of a resource server, at the moment when somebody asks for a permission. */
    AUTHORIZATION,
    /** Any token that is about to be issued, by whatever grant. */
    TOKEN;

    @JsonValue
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
