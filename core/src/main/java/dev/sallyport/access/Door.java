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
    /** The device authorization grant (RFC 8628): the device of the session is the one whose browser approved. */
    DEVICE_GRANT,
    /** A login that the user approves elsewhere (OpenID Connect CIBA). */
    CIBA,
    /** An assertion of another issuer in exchange for a token (RFC 7523). */
    JWT_GRANT,
    /** Permissions to resources, as a token or as a decision (UMA 2.0). */
    UMA,
    /** A wallet that collects what an offer holds for its user (OpenID4VCI). */
    PRE_AUTHORIZED_CODE,
    SERVICE_ACCOUNT,
    /** Tokens that leave by the browser's address bar. */
    IMPLICIT_FLOW,
    /** The tokens that other identity providers issued to the user. */
    BROKERING_API,
    /** Registration of clients by the token of a user (RFC 7591). */
    CLIENT_REGISTRATION,
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
    /** An authorization policy of a resource server, at the moment when somebody asks for a permission. */
    AUTHORIZATION,
    /** Any token that is about to be issued, by whatever grant. */
    TOKEN;

    @JsonValue
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
