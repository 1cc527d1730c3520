package dev.sallyport.demo;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.AuthenticationResponseParser;
import com.nimbusds.openid.connect.sdk.LogoutRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;

/**
 * One sign-in to the demo application: authorization code flow with PKCE (RFC 6749, RFC 7636, OpenID Connect Core).
 *
 * @param realm the realm's address as the browser sees it, which is its issuer; it differs from device to device, because
 *     each has a port of its own
 * @param callback where the browser comes back to
 * @param scope what is asked for
 */
record SignIn(URI realm, URI callback, Scope scope, State state, Nonce nonce, CodeVerifier verifier) {

    static final ClientID CLIENT = new ClientID("demo-app");

    /** What the realm answered instead of tokens. */
    static final class Refused extends Exception {

        private static final long serialVersionUID = 1;

        Refused(ErrorObject error) {
            super(error.getCode() + (error.getDescription() == null ? "" : ": " + error.getDescription()));
        }
    }

    static SignIn begin(URI realm, URI callback) {
        return begin(realm, callback, new Scope("openid"));
    }

    static SignIn begin(URI realm, URI callback, Scope scope) {
        return new SignIn(realm, callback, scope, new State(), new Nonce(), new CodeVerifier());
    }

    /** Where to send the browser. */
    URI address() {
        return new AuthenticationRequest.Builder(new ResponseType("code"), scope, CLIENT, callback)
                .endpointURI(endpoint(realm, "auth"))
                .state(state)
                .nonce(nonce)
                .codeChallenge(verifier, CodeChallengeMethod.S256)
                .build()
                .toURI();
    }

    /** @param returned the address that the browser came back with */
    OIDCTokens complete(URI returned) throws IOException, Refused {
        try {
            var response = AuthenticationResponseParser.parse(returned);
            if (!state.equals(response.getState())) throw new IOException("the answer belongs to another sign-in");
            if (!response.indicatesSuccess()) {
                throw new Refused(response.toErrorResponse().getErrorObject());
            }
            AuthorizationCode code = response.toSuccessResponse().getAuthorizationCode();
            var tokens = ask(realm, new AuthorizationCodeGrant(code, callback, verifier));
            new IDTokenValidator(new Issuer(realm), CLIENT, JWSAlgorithm.RS256, keys(realm))
                    .validate(tokens.getIDToken(), nonce);
            return tokens;
        } catch (ParseException | BadJOSEException | JOSEException e) {
            throw new IOException("the realm's answer cannot be trusted: " + e.getMessage(), e);
        }
    }

    static OIDCTokens refresh(URI realm, OIDCTokens tokens) throws IOException, Refused {
        try {
            return ask(realm, new RefreshTokenGrant(tokens.getRefreshToken()));
        } catch (ParseException e) {
            throw new IOException("the realm's answer cannot be read", e);
        }
    }

    static URI signOut(URI realm, OIDCTokens tokens, URI after) {
        return new LogoutRequest(endpoint(realm, "logout"), tokens.getIDToken(), after, null).toURI();
    }

    private static OIDCTokens ask(URI realm, AuthorizationGrant grant) throws IOException, ParseException, Refused {
        var request = new TokenRequest.Builder(endpoint(realm, "token"), CLIENT, grant).build();
        var response = OIDCTokenResponseParser.parse(request.toHTTPRequest().send());
        if (!response.indicatesSuccess()) {
            throw new Refused(response.toErrorResponse().getErrorObject());
        }
        return (OIDCTokens) response.toSuccessResponse().getTokens();
    }

    private static URI endpoint(URI realm, String name) {
        return URI.create(realm + "/protocol/openid-connect/" + name);
    }

    private static URL keys(URI realm) throws MalformedURLException {
        return endpoint(realm, "certs").toURL();
    }
}
