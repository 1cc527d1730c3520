package dev.sallyport.privilege.realm;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

class UserPagesTest {

    private final List<UserModel> users = new ArrayList<>();
    private final List<UserModel> gone = new ArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void whoComesAfterUsersThatAreGoneFromTheirDirectoryIsThere() {
        some(2 * UserPages.PAGE + 7);
        gone.addAll(users.subList(3, 90));
        gone.addAll(users.subList(UserPages.PAGE + 1, UserPages.PAGE + 40));
        var left = users.stream().filter(user -> !gone.contains(user)).toList();

        assertThat(pages(true).all(this::list)).containsExactlyElementsOf(left);
    }

    @Test
    void nobodyIsThereTwiceOrMissingAtTheEdgeOfAPage() {
        some(2 * UserPages.PAGE);

        assertThat(pages(true).all(this::list)).containsExactlyElementsOf(users);
    }

    @Test
    void shortPageIsTheLastOneWhereThereIsNoDirectory() {
        some(3);

        assertThat(pages(false).all(this::list)).hasSize(3);
        assertThat(asked).hasValue(1);
    }

    @Test
    void noMoreIsReadThanIsTaken() {
        some(3 * UserPages.PAGE);

        assertThat(pages(false).all(this::list).anyMatch(users.get(0)::equals)).isTrue();
        assertThat(asked).hasValue(1);
    }

    /** As Keycloak lists them: a part by numbers, of which those who are gone are removed then. */
    private Stream<UserModel> list(int first, int max) {
        asked.incrementAndGet();
        int from = Math.min(first, users.size());
        var page = new ArrayList<>(users.subList(from, Math.min(from + max, users.size())));
        var removed = page.stream().filter(gone::contains).toList();
        page.removeAll(removed);
        users.removeAll(removed);
        return page.stream();
    }

    private void some(int count) {
        IntStream.range(0, count).forEach(i -> users.add(thing(UserModel.class, Stream.empty())));
    }

    private static UserPages pages(boolean directory) {
        var components = directory ? Stream.of(new ComponentModel()) : Stream.<ComponentModel>empty();
        return new UserPages(null, thing(RealmModel.class, components));
    }

    private static <T> T thing(Class<T> type, Stream<ComponentModel> components) {
        var found = components.toList();
        return type.cast(Proxy.newProxyInstance(
                UserPagesTest.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "toString" -> type.getSimpleName();
                    case "getComponentsStream" -> found.stream();
                    default -> null;
                }));
    }
}
