package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.SallyportTest;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keycloak.representations.idm.ClientPoliciesRepresentation;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;

/** Every way around the gate ends at another one. */
@SallyportTest
class BypassIT {

    private GuardedRealm guarded;

    @BeforeEach
    void makeRealm(KeycloakServer server) {
        guarded = GuardedRealm.on(server);
        guarded.ledgerNeeds(GuardedRealm.HEALTHY);
    }

    @Test
    void stockFlowWithoutAGateIsCaughtByTheRequiredAction() {
        guarded.change(realm -> realm.setBrowserFlow("browser"));

        var page = guarded.ledger().login("ann", GuardedRealm.PASSWORD).page();

        assertThat(page.status()).isEqualTo(403);
        assertThat(page.text()).contains("was not recognised");
    }

    @Test
    void stockFlowWithoutAGateIsCaughtOnReentryToo() {
        guarded.change(realm -> realm.setBrowserFlow("browser"));
        var wiki = guarded.wiki();
        wiki.tokens("ann", GuardedRealm.PASSWORD);

        var ledger = wiki.client("ledger");

        assertThat(ledger.authorize().page().status()).isEqualTo(403);
        assertThat(ledger.authorize(Map.of("prompt", "none")).error()).isEqualTo("interaction_required");
    }

    @Test
    void clientsOwnFlowIsCaughtByTheRequiredAction() {
        var flows = guarded.realm().admin().flows().getFlows();
        var stock = flows.stream()
                .filter(flow -> flow.getAlias().equals("browser"))
                .findFirst()
                .orElseThrow();
        updateLedger(client -> client.setAuthenticationFlowBindingOverrides(Map.of("browser", stock.getId())));

        var page = guarded.ledger().login("ann", GuardedRealm.PASSWORD).page();

        assertThat(page.status()).isEqualTo(403);
    }

    @Test
    void requiredActionCannotBeSkippedByAskingForIt() {
        guarded.change(realm -> realm.setBrowserFlow("browser"));
        var ledger = guarded.ledger();

        var page = ledger.login("ann", GuardedRealm.PASSWORD, Map.of("kc_action", "sallyport-access"))
                .page();
        var cancelled = ledger.submit(page, Map.of("cancel-aia", "true"));

        assertThat(page.status()).isEqualTo(403);
        assertThat(cancelled.page().status()).isEqualTo(403);
    }

    @Test
    void consentThatNobodyAskedForDoesNotEndTheLogin() {
        guarded.change(realm -> realm.setBrowserFlow("browser"));
        updateLedger(client -> client.setConsentRequired(true));
        var ledger = guarded.ledger();
        var page = ledger.login("ann", GuardedRealm.PASSWORD).page();
        var form = page.document().selectFirst("form[method=post]");
        form.attr("action", form.absUrl("action").replace("/login-actions/required-action", "/login-actions/consent"));

        var consented = ledger.submit(page, Map.of("accept", "Yes"));

        assertThat(consented).isInstanceOf(OidcClient.Page.class);
        var ann = guarded.realm().userId("ann");
        assertThat(guarded.realm().admin().users().get(ann).getUserSessions()).isEmpty();
    }

    @Test
    void withoutGateAndRequiredActionTheLastDoorStillRefuses() {
        guarded.change(realm -> realm.setBrowserFlow("browser"));
        disableRequiredAction();

        var page = guarded.ledger().login("ann", GuardedRealm.PASSWORD).page();

        assertThat(page.status()).isEqualTo(403);
        assertThat(page.text()).contains("was not recognised");
    }

    @Test
    void withoutTheClientPolicyThePostProcessorStillRefuses() {
        guarded.realm().admin().clientPoliciesPoliciesResource().updatePolicies(new ClientPoliciesRepresentation());
        var ledger = guarded.ledger().certificate(guarded.healthyDevice("unguarded"));
        var tokens = ledger.tokens("ann", GuardedRealm.PASSWORD);
        var code = ledger.authorize().code();

        guarded.fallIll("unguarded");

        assertThat(ledger.exchange(code).error()).isEqualTo("invalid_grant");
        assertThat(ledger.refresh(tokens.refreshToken()).error()).isEqualTo("invalid_grant");
    }

    @Test
    void directGrantWithItsFlowBoundSaysWhy() {
        guarded.change(realm -> realm.setDirectGrantFlow("sallyport direct grant"));

        var refused = guarded.ledger().passwordGrant("ann", GuardedRealm.PASSWORD);

        assertThat(refused.error()).isEqualTo("invalid_grant");
        assertThat(refused.errorDescription()).contains("was not recognised");
    }

    @Test
    void directGrantOfAPublicClientOnAHealthyDeviceIsAllowed() {
        guarded.change(realm -> realm.setDirectGrantFlow("sallyport direct grant"));
        var certificate = guarded.healthyDevice("terminal");

        var tokens = guarded.ledger().certificate(certificate).passwordGrant("ann", GuardedRealm.PASSWORD);

        assertThat(tokens.status()).isEqualTo(200);
        guarded.fallIll("terminal");
        assertThat(guarded.ledger().refresh(tokens.refreshToken()).error()).isEqualTo("invalid_grant");
    }

    @Test
    void certificateOfAConfidentialClientIsNoDeviceOfItsUser() {
        var certificate = guarded.healthyDevice("application-server");
        updateLedger(client -> {
            client.setPublicClient(false);
            client.setSecret("ledger-secret");
        });

        var refused = guarded.ledger()
                .secret("ledger-secret")
                .certificate(certificate)
                .passwordGrant("ann", GuardedRealm.PASSWORD);

        assertThat(refused.error()).isEqualTo("invalid_grant");
    }

    @Test
    void refusedGrantLeavesNoSessionBehind() {
        disableRequiredAction();

        guarded.ledger().passwordGrant("ann", GuardedRealm.PASSWORD);

        var ann = guarded.realm().userId("ann");
        assertThat(guarded.realm().admin().users().get(ann).getUserSessions()).isEmpty();
    }

    @Test
    void tokenIsJudgedByTheResourceServersThatItReaches() {
        guarded.realm().admin().clients().findByClientId("wiki").forEach(client -> guarded.realm()
                .admin()
                .clients()
                .get(client.getId())
                .getProtocolMappers()
                .createMapper(audience("ledger-api"))
                .close());
        guarded.policy("api", "enforced", "\"clients\":{\"include\":[\"ledger-api\"]}", GuardedRealm.HEALTHY);

        var wiki = guarded.wiki();
        var refused = wiki.exchange(wiki.login("ann", GuardedRealm.PASSWORD));

        assertThat(refused.error()).isEqualTo("invalid_grant");
    }

    private static ProtocolMapperRepresentation audience(String clientId) {
        var mapper = new ProtocolMapperRepresentation();
        mapper.setName("audience " + clientId);
        mapper.setProtocol("openid-connect");
        mapper.setProtocolMapper("oidc-audience-mapper");
        mapper.setConfig(Map.of("included.client.audience", clientId, "access.token.claim", "true"));
        return mapper;
    }

    private void disableRequiredAction() {
        var flows = guarded.realm().admin().flows();
        var action = flows.getRequiredAction("sallyport-access");
        action.setEnabled(false);
        flows.updateRequiredAction("sallyport-access", action);
    }

    private void updateLedger(Consumer<ClientRepresentation> change) {
        var clients = guarded.realm().admin().clients();
        var ledger = clients.findByClientId("ledger").get(0);
        change.accept(ledger);
        clients.get(ledger.getId()).update(ledger);
    }
}
