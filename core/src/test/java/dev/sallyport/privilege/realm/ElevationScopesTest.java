package dev.sallyport.privilege.realm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ElevationScopesTest {

    @Test
    void privilegesAreAskedForInTheOrderOfTheirScopes() {
        assertThat(ElevationScopes.privileges(" openid  elevate:b elevate:a profile elevate:b "))
                .containsExactly("b", "a");
    }

    @Test
    void otherScopesAskForNothing() {
        assertThat(ElevationScopes.privileges("")).isEmpty();
        assertThat(ElevationScopes.privileges("openid elevate Elevate:a xelevate:a"))
                .isEmpty();
    }

    @Test
    void scopeAsksForItsPrivilege() {
        assertThat(ElevationScopes.privileges(ElevationScopes.name("ledger-db-admin")))
                .containsExactly("ledger-db-admin");
    }
}
