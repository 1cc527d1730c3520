package dev.sallyport.finding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DetectionRuleTest {

    private static final String HOURS =
            "\"schedule\":{\"days\":[\"MON\"],\"from\":\"07:00\",\"to\":\"20:00\",\"zone\":\"Europe/Berlin\"}";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'name':'a','kind':'refusals','severity':'low','count':3,'within':'PT1M','responses':['disable-user']}"
                        + "|responses[0]",
                "{'name':'a','kind':'refusals','severity':'low','count':3,'within':'PT1M','responses':['notify','end-session']}"
                        + "|responses[1]",
                "{'name':'a','kind':'given-outside','severity':'low','responses':['disable-user']}|responses[0]",
                "{'name':'a','kind':'elevation-unused','severity':'low','responses':['block-device']}|responses[0]",
                "{'name':'a','kind':'emergency-used','severity':'low','responses':['disable-user']}|responses[0]",
                "{'name':'a','kind':'network-change','severity':'low','responses':['notify','notify']}|responses[1]",
                "{'name':'a','kind':'refusals','severity':'low','count':3,'within':'PT1M','responses':['require-fresh-authentication']}"
                        + "|responses[0]",
                "{'name':'a','kind':'dormant-privilege','severity':'low'}|unused",
                "{'name':'a','kind':'dormant-privilege','severity':'low','unused':'PT0.5S'}|unused",
                "{'name':'a','kind':'dormant-privilege','severity':'low','unused':'P4000D'}|unused",
                "{'name':'a','kind':'dormant-privilege','severity':'low','unused':'P90D','responses':['disable-user']}"
                        + "|responses[0]",
                "{'name':'a','kind':'network-change','severity':'low','unused':'P90D'}|unused",
                "{'name':'a','kind':'sequence-gap','severity':'low','responses':['disable-user']}|responses[0]",
                "{'name':'a','kind':'else','severity':'low'}|kind",
                "{'name':'a','severity':'low'}|kind",
                "{'name':'a','kind':'network-change'}|severity",
                "{'name':'a','kind':'network-change','severity':'worst'}|severity",
                "{'name':'a','kind':'outside-schedule','severity':'low'}|schedule",
                "{'name':'a','kind':'admin-burst','severity':'low','count':3}|within",
                "{'name':'a','kind':'admin-burst','severity':'low','within':'PT1M'}|count",
                "{'name':'a','kind':'admin-burst','severity':'low','count':1,'within':'PT1M'}|count",
                "{'name':'a','kind':'admin-burst','severity':'low','count':2,'within':'P2D'}|within",
                "{'name':'a','kind':'admin-burst','severity':'low','count':2,'within':'PT0S'}|within",
                "{'name':'a','kind':'network-change','severity':'low','count':3}|count",
                "{'name':'a','kind':'network-change','severity':'low','more':3}|more"
            })
    void ruleThatCouldNotDoWhatItSaysIsRefusedWithItsPath(String json, String path) {
        assertThatThrownBy(() -> DetectionRule.read(json.replace('\'', '"')))
                .isInstanceOfSatisfying(
                        DocumentFault.class, fault -> assertThat(fault.path()).isEqualTo(path));
    }

    @Test
    void ruleIsWrittenAsItWasRead() {
        var json = "{\"name\":\"hours\",\"kind\":\"outside-schedule\",\"enabled\":false,\"severity\":\"critical\","
                + "\"responses\":[\"notify\",\"end-session\"]," + HOURS + "}";

        var rule = DetectionRule.read(json);

        assertThat(Documents.tree(Documents.write(rule))).isEqualTo(Documents.tree(json));
        assertThat(rule.on()).isFalse();
    }
}
