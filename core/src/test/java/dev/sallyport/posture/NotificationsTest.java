package dev.sallyport.posture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.document.Json;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NotificationsTest {

    private static final String SECRET = "0123456789abcdef";

    private static Optional<Set<String>> graph(String json) {
        return Notifications.graph(Json.of(json), SECRET::equals);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'timestamp':'2026-11-23T08:00:00Z','policy':{'id':1},'hosts':[{'id':1,'hostname':'a'},{'id':2}]}",
                "{'text':'2 hosts','data':{'unseen_hosts':2,'host_ids':[1,2]}}",
                "{'data':{'hosts':[{'id':1},{'id':2}]}}"
            })
    void fleetNamesItsHostsInThePlacesOfItsAutomations(String notice) {
        assertThat(Notifications.fleet(Json.of(notice))).containsExactlyInAnyOrder("1", "2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "<html>",
                "{}",
                "{'hosts':'1'}",
                "{'hosts':[1]}",
                "{'data':{'host_ids':['1',null,{},1.5]}}"
            })
    void whatNamesNoHostLeadsToNoQuestion(String notice) {
        assertThat(Notifications.fleet(Json.of(notice))).isEmpty();
    }

    @Test
    void noticeLeadsToABoundedNumberOfQuestions() {
        var ids = IntStream.range(0, 5_000).mapToObj(String::valueOf).collect(Collectors.joining(","));

        assertThat(Notifications.fleet(Json.of("{'host_ids':[" + ids + "]}"))).hasSize(Notifications.MAX_DEVICES);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            'resource':'deviceManagement/managedDevices/a','resourceData':{'id':'b'} | b
            'resource':'deviceManagement/managedDevices/a'                           | a
            'resource':'deviceManagement/managedDevices(''a'')'                      | a
            """)
    void graphNamesTheDeviceInItsDataOrInThePath(String change, String device) {
        var notice = "{'value':[{'clientState':'" + SECRET + "'," + change.replace("''", "\\u0027") + "}]}";

        assertThat(graph(notice)).contains(Set.of(device));
    }

    @Test
    void noneOfGraphsChangesCountsUnlessEachIsProven() {
        var proven = "{'clientState':'" + SECRET + "','resourceData':{'id':'a'}}";

        assertThat(graph("{'value':[" + proven + "]}")).contains(Set.of("a"));
        for (var other : new String[] {
            "{'resourceData':{'id':'b'}}",
            "{'clientState':null,'resourceData':{'id':'b'}}",
            "{'clientState':'0123456789abcdeF','resourceData':{'id':'b'}}",
            "{'clientState':['" + SECRET + "'],'resourceData':{'id':'b'}}"
        }) {
            assertThat(graph("{'value':[" + proven + "," + other + "]}")).isEmpty();
            assertThat(graph("{'value':[" + other + "]}")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{'value':[]}", "{'value':null}", "{'value':['x']}", "[]"})
    void whatHoldsNoChangeIsNotProven(String notice) {
        assertThat(graph(notice)).isEmpty();
    }
}
