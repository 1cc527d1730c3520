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
    /** The application fetches the assertion for an artifact that a SAML login gave it. */
    SAML_ARTIFACT,
    /** A call of Keycloak's account REST API, which is the account console's. */
    ACCOUNT_API,
    /** A call of Keycloak's admin REST API, which is the admin console's, or of what extensions add to it. */
    ADMIN_API,
    /** A call of any other API that Keycloak opens to a bearer token. */
    API,
    /** Any token that is about to be issued, by whatever grant. */
    TOKEN;

    @JsonValue
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
