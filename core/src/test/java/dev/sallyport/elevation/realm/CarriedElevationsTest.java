package dev.sallyport.elevation.realm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.keycloak.representations.AccessToken;

class CarriedElevationsTest {

    @Test
    void elevationsOfATokenAreReadFromItsClaim() {
        assertThat(ids(List.of(
                        Map.of("id", "e1", "privilege", "db-admin", "exp", 1_800_000_000),
                        Map.of("id", "e2", "privilege", "other"))))
                .containsExactly("e1", "e2");
    }

    @Test
    void whatOthersPutUnderThatNameIsNoElevation() {
        assertThat(ids(List.of("summit", 8848, Map.of("id", "e1"), Map.of("id", 1, "privilege", "x"))))
                .isEmpty();
        assertThat(ids("8848 m")).isEmpty();
        assertThat(CarriedElevations.named(new AccessToken())).isEmpty();
    }

    private static List<String> ids(Object claim) {
        var token = new AccessToken();
        token.getOtherClaims().put("elevations", claim);
        return CarriedElevations.named(token);
    }
}
