package dev.sallyport.privilege.realm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.access.Subject;
import dev.sallyport.document.Json;
import dev.sallyport.logic.Truth;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.RealmModel;

/** Ann is in /dba and has the role "keeper". Whoever is told not to be named is asked nothing more about. */
class NamedByPrivilegesTest {

    private static final String NOBODY_KNOWN = "{'users':['bob'],'groups':['/web'],'roles':['reader']}";

    @Test
    void whoIsNamedInAnyWayByAnyPrivilegeMayBeEligible() {
        for (var named : List.of("{'users':['ANN']}", "{'groups':['/dba']}", "{'roles':['keeper']}")) {
            assertThat(named(privilege(NOBODY_KNOWN, ""), privilege(named, "")))
                    .as(named)
                    .isTrue();
            assertThat(named(privilege(NOBODY_KNOWN, emergency(named))))
                    .as(named)
                    .isTrue();
        }
    }

    @Test
    void whoIsNamedByNoneIsNot() {
        assertThat(named(privilege(NOBODY_KNOWN, emergency(NOBODY_KNOWN)))).isFalse();
        assertThat(named()).isFalse();
    }

    @Test
    void anybodyMayBeWhereOnlyAnExpressionSaysWho() {
        assertThat(named(privilege("{'expression':'true'}", ""), privilege(NOBODY_KNOWN, "")))
                .isTrue();
    }

    @Test
    void anybodyMayBeWhereTooManyAreNamedToAskForEach() {
        var groups = IntStream.rangeClosed(0, 100)
                .mapToObj(i -> "'/group-" + i + "'")
                .toList();

        assertThat(named(privilege("{'groups':" + groups.subList(0, 100) + "}", "")))
                .isFalse();
        assertThat(named(privilege("{'groups':" + groups + "}", ""))).isTrue();
    }

    private static String emergency(String eligible) {
        return ",'emergency':{'eligible':" + eligible
                + ",'maxDuration':'PT15M','perDay':3,'officers':{'groups':['/officers']}}";
    }

    private static String privilege(String eligible, String more) {
        return "{'name':'%s','displayName':'x','mode':'token','grants':{'realmRoles':['x']},'eligible':" + eligible
                + ",'activation':{'maxDuration':'PT1H','defaultDuration':'PT1H','acr':'2'}" + more + "}";
    }

    private static boolean named(String... privileges) {
        var components = new ArrayList<ComponentModel>();
        for (int i = 0; i < privileges.length; i++) {
            var component = new ComponentModel();
            component.setName("privilege-" + i);
            component.put("document", Json.of(privileges[i].formatted("privilege-" + i)));
            components.add(component);
        }
        var realm = of(RealmModel.class, (name, arguments) -> switch (name) {
            case "getId" -> "realm";
            case "getComponentsStream" -> components.stream();
            default -> throw new UnsupportedOperationException(name);
        });
        // NB. One that cannot be read would name nobody, whatever is in it.
        assertThat(PrivilegeProvider.held(realm))
                .allMatch(held -> held.privilege().isPresent(), "readable");
        return PrivilegeProvider.mayName(realm, ann());
    }

    private static Subject ann() {
        return of(Subject.class, (name, arguments) -> switch (name) {
            case "username" -> "ann";
            case "memberOf" -> Truth.of(Arrays.asList(arguments).contains("/dba"));
            case "holds" -> Truth.of(Arrays.asList(arguments).contains("keeper"));
            default -> throw new UnsupportedOperationException(name);
        });
    }

    private interface Answers {
        Object to(String method, Object[] arguments);
    }

    private static <T> T of(Class<T> type, Answers answers) {
        var made = Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> answers.to(method.getName(), arguments));
        return type.cast(made);
    }
}
