package dev.sallyport.it;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.it.harness.ClientCertificate;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.TokenResponse;
import java.util.Map;
import java.util.Optional;

/** Somebody who is signed in to the application {@code console}, by which they ask for privileges. */
record Person(GuardedRealm guarded, String name, OidcClient console, TokenResponse tokens) {

    /** Lets users ask from an application. */
    static void mayAskFrom(GuardedRealm guarded, String client) {
        var realm = guarded.realm().admin();
        realm.clientScopes().findAll().stream()
                .filter(found -> found.getName().equals("sallyport"))
                .forEach(found -> realm.clients().get(idOf(guarded, client)).addOptionalClientScope(found.getId()));
    }

    static String idOf(GuardedRealm guarded, String client) {
        return guarded.realm().admin().clients().findByClientId(client).get(0).getId();
    }

    static Person loggedIn(GuardedRealm guarded, String name, Optional<ClientCertificate> device) {
        var client = guarded.realm().oidc("console");
        var console = device.map(client::certificate).orElse(client);
        var login = console.login(name, GuardedRealm.PASSWORD, Map.of("scope", "openid sallyport"));
        return new Person(guarded, name, console, console.exchange(login));
    }

    JsonNode elevated(String privilege) {
        return elevated(privilege, "\"justification\":\"as agreed\"");
    }

    JsonNode elevated(String privilege, String more) {
        return guarded.realm()
                .publicApi()
                .as(tokens.accessToken())
                .post("/elevations", "{\"privilege\":\"%s\",%s}".formatted(privilege, more))
                .expect(201)
                .json();
    }

    void end(JsonNode elevation) {
        guarded.realm()
                .publicApi()
                .as(tokens.accessToken())
                .post("/elevations/" + elevation.path("id").asText() + "/end", "{\"comment\":\"done\"}")
                .expect(200);
    }

    /** Another application in the same browser. */
    OidcClient app(String client) {
        return console.client(client);
    }

    TokenResponse at(String client) {
        return at(client, Map.of());
    }

    TokenResponse at(String client, Map<String, String> parameters) {
        var app = app(client);
        return app.exchange(app.authorize(parameters));
    }
}
