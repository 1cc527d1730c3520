package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.SallyportTest;
import jakarta.ws.rs.BadRequestException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.keycloak.representations.idm.CredentialRepresentation;

/** Who may have privilege needs a longer password than who may not: ann of /finance may ask, ben may not. */
@SallyportTest
class PrivilegedLengthIT {

    private static final String SHORT = "only-19-characters!";
    private static final String LONG = "these are 24 characters.";

    private static GuardedRealm guarded;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        guarded = GuardedRealm.on(server, r -> r.clientRole("ledger-api", "db-admin")
                .user("bob", u -> u.password(GuardedRealm.PASSWORD))
                .user("carol", u -> u.password(GuardedRealm.PASSWORD).clientRoles("ledger-api", "db-admin"))
                .user("dave", u -> u.password(GuardedRealm.PASSWORD).clientRoles("realm-management", "view-users")));
        privilege("vault", "'groups':['/finance']");
        guarded.change(realm -> realm.setPasswordPolicy("length(8) and sallyportPrivilegedLength(20)"));
    }

    private static void privilege(String name, String eligible) {
        guarded.realm()
                .api()
                .post("/privileges", """
                        {'name':'%s','displayName':'Ledger','mode':'token','grants':{'clientRoles':{'ledger-api':['db-admin']}},
                         'eligible':{%s},'activation':{'maxDuration':'PT4H','defaultDuration':'PT1H'}}""".formatted(name, eligible).replace('\'', '"'))
                .expect(201);
    }

    @Test
    void policyIsOfferedToAdministratorsByItsName(KeycloakServer server) {
        assertThat(server.admin().serverInfo().getInfo().getPasswordPolicies()).anySatisfy(policy -> {
            assertThat(policy.getId()).isEqualTo("sallyportPrivilegedLength");
            assertThat(policy.getDisplayName()).isEqualTo("Minimum length for privileged accounts");
        });
    }

    @Test
    void administratorCannotGiveWhoMayAskAShortPassword() {
        assertThatThrownBy(() -> reset("ann", SHORT))
                .isInstanceOfSatisfying(BadRequestException.class, refused -> assertThat(
                                refused.getResponse().readEntity(String.class))
                        .contains("20 characters at least"));

        reset("ann", LONG);
    }

    @Test
    void whoHoldsAPrivilegedRoleForGoodIsOneOfThem() {
        for (var holder : List.of("carol", "dave")) {
            assertThatThrownBy(() -> reset(holder, SHORT)).as(holder).isInstanceOf(BadRequestException.class);
            reset(holder, LONG);
        }
    }

    @Test
    void everybodyElseMayHaveAShorterOneUntilTheyMayAsk() {
        reset("bob", SHORT);

        var admin = guarded.realm().admin();
        admin.users()
                .get(guarded.realm().userId("bob"))
                .joinGroup(admin.getGroupByPath("/finance/audit").getId());

        assertThatThrownBy(() -> reset("bob", SHORT)).isInstanceOf(BadRequestException.class);
        assertThat(guarded.wiki().login("bob", SHORT)).isInstanceOf(OidcClient.Returned.class);
    }

    @Test
    void userIsToldWhyOnThePageAndInTheirLanguage() {
        guarded.realm().admin().users().create(ReportsIT.user("eve")).close();
        var user = guarded.realm().admin().users().get(guarded.realm().userId("eve"));
        user.joinGroup(guarded.realm().admin().getGroupByPath("/finance").getId());
        var representation = user.toRepresentation();
        representation.setRequiredActions(List.of("UPDATE_PASSWORD"));
        user.update(representation);

        var wiki = guarded.wiki();
        var page = wiki.login("eve", GuardedRealm.PASSWORD).page();
        var refused = wiki.submit(page, Map.of("password-new", SHORT, "password-confirm", SHORT))
                .page();

        assertThat(refused.text()).contains("its password must have 20 characters at least");
        assertThat(wiki.submit(refused, Map.of("password-new", LONG, "password-confirm", LONG)))
                .isInstanceOf(OidcClient.Returned.class);
    }

    @Test
    void whatNobodyCanTellHoldsForAll(KeycloakServer server) {
        var other = GuardedRealm.on(server, r -> r.clientRole("ledger-api", "db-admin"));
        other.realm().api().post("/privileges", """
                        {"name":"odd","displayName":"Odd","mode":"token","grants":{"clientRoles":{"ledger-api":["db-admin"]}},
                         "eligible":{"expression":"user.attributes.rank[0] == 'high'"},
                         "activation":{"maxDuration":"PT4H","defaultDuration":"PT1H"}}""").expect(201);
        other.change(realm -> realm.setPasswordPolicy("sallyportPrivilegedLength(20)"));

        assertThatThrownBy(() -> reset(other, "ben", SHORT)).isInstanceOf(BadRequestException.class);
    }

    private static void reset(String user, String password) {
        reset(guarded, user, password);
    }

    private static void reset(GuardedRealm in, String user, String password) {
        var credential = new CredentialRepresentation();
        credential.setType(CredentialRepresentation.PASSWORD);
        credential.setValue(password);
        credential.setTemporary(false);
        in.realm().admin().users().get(in.realm().userId(user)).resetPassword(credential);
    }
}
