package dev.sallyport.authenticators;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.access.Door;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.authentication.authenticators.broker.AbstractIdpAuthenticator;
import org.keycloak.authentication.authenticators.broker.util.PostBrokerLoginConstants;
import org.keycloak.events.Details;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.services.managers.AuthenticationManager;

class EntranceTest {

    private static final String LOGIN = "/realms/acme/login-actions/authenticate";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/realms/acme/protocol/openid-connect/token",
                "/realms/acme/protocol/openid-connect/token/",
                "/auth/realms/acme/protocol/openid-connect/token"
            })
    void anAuthenticationAtTheTokenEndpointIsADirectGrant(String path) {
        assertThat(Entrance.of(path, new Notes().session())).isEqualTo(Door.DIRECT_GRANT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/realms/acme/login-actions/consent;x=/protocol/openid-connect/token",
                "/realms/acme/login-actions/consent;x=/realms/acme/protocol/openid-connect/token",
                "/realms/acme/protocol/openid-connect/token/login-actions/consent",
                "/realms/acme/protocol/openid-connect/tokens"
            })
    void theTokenEndpointsNameElsewhereInAnAddressMeansNothing(String path) {
        assertThat(Entrance.of(path, new Notes().session())).isEqualTo(Door.BROWSER_LOGIN);
    }

    @Test
    void aLoginPageIsABrowserLogin() {
        assertThat(Entrance.of(LOGIN, new Notes().session())).isEqualTo(Door.BROWSER_LOGIN);
    }

    @Test
    void aCookieIsReentry() {
        var notes = new Notes().authentication(AuthenticationManager.SSO_AUTH, "true");

        assertThat(Entrance.of(LOGIN, notes.session())).isEqualTo(Door.SSO_REENTRY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                AbstractIdpAuthenticator.BROKERED_CONTEXT_NOTE,
                PostBrokerLoginConstants.PBL_BROKERED_IDENTITY_CONTEXT
            })
    void aRunningBrokerFlowIsABrokeredLogin(String context) {
        assertThat(Entrance.of(LOGIN, new Notes().authentication(context, "{}").session()))
                .isEqualTo(Door.BROKERED_LOGIN);
    }

    @Test
    void aFinishedBrokerFlowIsABrokeredLogin() {
        var notes = new Notes().userSession(Details.IDENTITY_PROVIDER, "github");

        assertThat(Entrance.of(LOGIN, notes.session())).isEqualTo(Door.BROKERED_LOGIN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "none consent"})
    void noPageMayBeShownWhenTheApplicationAskedForNone(String prompt) {
        assertThat(Entrance.passive(new Notes()
                        .client(OIDCLoginProtocol.PROMPT_PARAM, prompt)
                        .session()))
                .isTrue();
    }

    @Test
    void aPageMayBeShownOtherwise() {
        assertThat(Entrance.passive(new Notes().session())).isFalse();
        assertThat(Entrance.passive(new Notes()
                        .client(OIDCLoginProtocol.PROMPT_PARAM, "login")
                        .session()))
                .isFalse();
    }
}
