package dev.sallyport.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.OidcClient.Outcome;
import dev.sallyport.it.harness.SallyportTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** SAML has four ways to an assertion, and a policy holds on each. */
@SallyportTest
class SamlDoorsIT {

    static final String POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
    private static final String PAOS = "urn:oasis:names:tc:SAML:2.0:bindings:PAOS";
    private static final String ARTIFACT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact";

    private static GuardedRealm guarded;
    private static GuardedRealm bare;

    @BeforeAll
    static void makeRealms(KeycloakServer server) {
        guarded = withServiceProvider(server);
        bare = withServiceProvider(server);
        bare.removeEverythingThatCanBeRemoved();
    }

    private static GuardedRealm withServiceProvider(KeycloakServer server) {
        var realm = GuardedRealm.on(server, r -> r.client("payroll", c -> c.saml()));
        realm.policy("payroll", "enforced", "\"clients\":{\"include\":[\"payroll\"]}", GuardedRealm.HEALTHY);
        return realm;
    }

    @Test
    void loginThatTheApplicationStartsIsRefusedWithoutADevice() {
        assertThat(login(guarded.wiki(), guarded).page().status()).isEqualTo(403);
    }

    @Test
    void loginThatTheApplicationStartsGivesAnAssertionOnAHealthyDevice() {
        var browser = guarded.wiki().certificate(guarded.healthyDevice("started"));

        assertThat(answer(login(browser, guarded))).contains("Assertion ");
    }

    @Test
    void loginThatKeycloakStartsIsRefusedWithoutADevice() {
        var browser = guarded.wiki();
        browser.tokens("ann", GuardedRealm.PASSWORD);

        var outcome = browser.open(guarded.realm().issuer() + "/protocol/saml/clients/payroll");

        assertThat(outcome.page().status()).isEqualTo(403);
    }

    @Test
    void loginThatKeycloakStartsGivesAnAssertionOnAHealthyDevice() {
        var browser = guarded.wiki().certificate(guarded.healthyDevice("unsolicited"));
        browser.tokens("ann", GuardedRealm.PASSWORD);

        var outcome = browser.open(guarded.realm().issuer() + "/protocol/saml/clients/payroll");

        assertThat(answer(outcome)).contains("Assertion ");
    }

    @Test
    void silentRequestIsRefusedWithoutADevice() {
        assertThat(answer(silent(guarded.wiki(), guarded)))
                .contains("NoPassive")
                .doesNotContain("Assertion ");
    }

    @Test
    void silentRequestGivesAnAssertionOnAHealthyDevice() {
        var browser = guarded.wiki().certificate(guarded.healthyDevice("silent"));

        assertThat(answer(silent(browser, guarded))).contains("Assertion ");
    }

    @Test
    void silentRequestIsRefusedAtTheLastDoorToo() {
        assertThat(answer(silent(bare.wiki(), bare))).contains("NoPassive").doesNotContain("Assertion ");
    }

    @Test
    void clientThatIsNoBrowserIsRefusedWithoutADevice() {
        assertThat(enhanced(guarded.wiki(), guarded)).contains("NoPassive").doesNotContain("Assertion ");
    }

    @Test
    void clientThatIsNoBrowserGetsAnAssertionOnAHealthyDevice() {
        var program = guarded.wiki().certificate(guarded.healthyDevice("enhanced"));

        assertThat(enhanced(program, guarded)).containsIgnoringCase("<saml:assertion ");
    }

    @Test
    void clientThatIsNoBrowserIsRefusedAtTheLastDoorToo() {
        assertThat(enhanced(bare.wiki(), bare)).contains("NoPassive").doesNotContainIgnoringCase("<saml:assertion ");
    }

    @Test
    void artifactIsWorthNothingOnceTheDeviceIsIll() {
        var browser = guarded.wiki().certificate(guarded.healthyDevice("artifact"));
        browser.tokens("ann", GuardedRealm.PASSWORD);
        var honoured = artifact(browser);
        var refused = artifact(browser);
        assertThat(resolve(honoured)).containsIgnoringCase("<saml:assertion ");

        guarded.fallIll("artifact");

        assertThat(resolve(refused)).doesNotContainIgnoringCase("<saml:assertion ");
    }

    private static Outcome login(OidcClient browser, GuardedRealm realm) {
        var form = browser.open(redirect(realm, request(POST, false)));
        return browser.submit(form.page(), Map.of("username", "ann", "password", GuardedRealm.PASSWORD));
    }

    private static Outcome silent(OidcClient browser, GuardedRealm realm) {
        browser.tokens("ann", GuardedRealm.PASSWORD);
        return browser.open(redirect(realm, request(POST, true)));
    }

    private static String enhanced(OidcClient program, GuardedRealm realm) {
        var credentials = Base64.getEncoder().encodeToString(("ann:" + GuardedRealm.PASSWORD).getBytes(UTF_8));
        return program.header("Authorization", "Basic " + credentials)
                .soap(realm.realm().issuer() + "/protocol/saml", envelope(request(PAOS, false)))
                .document()
                .outerHtml();
    }

    private static String artifact(OidcClient browser) {
        var outcome = browser.open(redirect(guarded, request(ARTIFACT, false)));
        if (outcome instanceof OidcClient.Returned returned)
            return returned.parameters().get("SAMLart");
        return outcome.page().document().select("input[name=SAMLart]").val();
    }

    private static String resolve(String artifact) {
        var request = """
                <samlp:ArtifactResolve xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" \
                xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="ID_%s" Version="2.0" IssueInstant="%s">\
                <saml:Issuer>payroll</saml:Issuer><samlp:Artifact>%s</samlp:Artifact></samlp:ArtifactResolve>""".formatted(UUID.randomUUID(), now(), artifact);
        return guarded.wiki()
                .soap(guarded.realm().issuer() + "/protocol/saml/resolve", envelope(request))
                .document()
                .outerHtml();
    }

    /** The SAML response on the page that would post it to the application. */
    static String answer(Outcome outcome) {
        var value = outcome.page().document().select("input[name=SAMLResponse]").val();
        assertThat(value).as(outcome.toString()).isNotEmpty();
        return new String(Base64.getMimeDecoder().decode(value), UTF_8);
    }

    static String request(String binding, boolean passive) {
        return """
                <samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" \
                xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="ID_%s" Version="2.0" IssueInstant="%s" \
                AssertionConsumerServiceURL="%s" ProtocolBinding="%s" IsPassive="%s">\
                <saml:Issuer>payroll</saml:Issuer></samlp:AuthnRequest>""".formatted(UUID.randomUUID(), now(), OidcClient.CALLBACK, binding, passive);
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS);
    }

    private static String envelope(String body) {
        return "<S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\"><S:Body>" + body
                + "</S:Body></S:Envelope>";
    }

    /** SAML bindings, 3.4.4.1: deflated without a header, then Base64. */
    static String redirect(GuardedRealm realm, String request) {
        var deflated = new ByteArrayOutputStream();
        try (var out = new DeflaterOutputStream(deflated, new Deflater(Deflater.DEFLATED, true))) {
            out.write(request.getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return realm.realm().issuer() + "/protocol/saml?SAMLRequest="
                + URLEncoder.encode(Base64.getEncoder().encodeToString(deflated.toByteArray()), UTF_8);
    }
}
