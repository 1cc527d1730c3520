<#-- The page on which a user asks for a privilege. Everything that comes from outside is escaped by FreeMarker's auto-escaping. -->
<#import "template.ftl" as layout>
<#macro field name fault>
  <#if fault.field() == name><p id="sallyport-fault" class="${properties.kcInputErrorMessageClass!}" role="alert">${fault.message()}</p></#if>
</#macro>
<#macro durations id options>
  <label for="${id}" class="${properties.kcLabelClass!}">${msg("sallyport.elevation.duration")}</label>
  <select id="${id}" name="duration" class="${properties.kcInputClass!}">
    <#list options as option>
      <option value="${option.value()}"<#if option.selected()> selected</#if>>${option.text()}</option>
    </#list>
  </select>
</#macro>
<@layout.registrationLayout displayMessage=false; section>
  <#if section = "header">
    ${msg("sallyport.elevation.title", elevation.displayName())}
  <#elseif section = "form">
    <div id="sallyport-elevation" class="${properties.kcFormClass!}">
      <#if elevation.fault().field() == "" && elevation.fault().message()?has_content>
        <p id="sallyport-fault" role="alert">${elevation.fault().message()}</p>
      </#if>
      <section aria-labelledby="sallyport-grants-title">
        <h2 id="sallyport-grants-title" class="${properties.kcFormLabelTextClass!}">${msg("sallyport.elevation.grants")}</h2>
        <ul id="sallyport-grants" class="${properties.kcListClass!}">
          <#list elevation.grants() as grant><li>${grant}</li></#list>
        </ul>
      </section>
      <section aria-labelledby="sallyport-approval-title">
        <h2 id="sallyport-approval-title" class="${properties.kcFormLabelTextClass!}">${msg("sallyport.elevation.approval")}</h2>
        <p id="sallyport-approval">${elevation.decides()}</p>
        <#if elevation.approvers()?has_content>
          <ul id="sallyport-approvers" class="${properties.kcListClass!}">
            <#list elevation.approvers() as approver><li>${approver}</li></#list>
          </ul>
        </#if>
      </section>
      <#if elevation.checks()?has_content>
        <section aria-labelledby="sallyport-checks-title">
          <h2 id="sallyport-checks-title" class="${properties.kcFormLabelTextClass!}">${msg("sallyport.elevation.checks")}</h2>
          <ul id="sallyport-checks" class="${properties.kcListClass!}">
            <#list elevation.checks() as check>
              <li>
                <h3>${check.title()}</h3>
                <p>${check.finding()}</p>
                <p><strong>${msg("sallyport.denied.remedy")}</strong> ${check.remedy()}</p>
              </li>
            </#list>
          </ul>
        </section>
      </#if>
      <form id="sallyport-request" action="${url.loginAction}" method="post" autocomplete="off">
        <div class="${properties.kcFormGroupClass!}">
          <label for="sallyport-justification" class="${properties.kcLabelClass!}">${msg(elevation.justificationNeeded()?then("sallyport.elevation.justification", "sallyport.elevation.justification.optional"))}</label>
          <textarea id="sallyport-justification" name="justification" rows="3" maxlength="2000" class="${properties.kcInputClass!}"<#if elevation.justificationNeeded()> required</#if><#if elevation.fault().field() == "justification"> aria-invalid="true" aria-describedby="sallyport-fault"</#if>>${elevation.justification()}</textarea>
          <@field name="justification" fault=elevation.fault() />
        </div>
        <#if elevation.ticketNeeded()>
          <div class="${properties.kcFormGroupClass!}">
            <label for="sallyport-ticket" class="${properties.kcLabelClass!}">${msg("sallyport.elevation.ticket")}</label>
            <input id="sallyport-ticket" name="ticket" type="text" maxlength="2000" required class="${properties.kcInputClass!}" value="${elevation.ticket()}"<#if elevation.fault().field() == "ticket"> aria-invalid="true" aria-describedby="sallyport-fault"</#if>>
            <@field name="ticket" fault=elevation.fault() />
          </div>
        </#if>
        <div class="${properties.kcFormGroupClass!}">
          <@durations id="sallyport-duration" options=elevation.durations() />
          <@field name="duration" fault=elevation.fault() />
        </div>
        <div class="${properties.kcFormActionGroupClass!}">
          <#if elevation.stronger()>
            <button type="submit" id="sallyport-again" name="choice" value="again" formnovalidate class="${properties.kcButtonClass!} ${properties.kcButtonPrimaryClass!} ${properties.kcButtonBlockClass!}">${msg("sallyport.elevation.again")}</button>
          </#if>
          <button type="submit" id="sallyport-ask" name="choice" value="request" class="${properties.kcButtonClass!} ${properties.kcButtonPrimaryClass!} ${properties.kcButtonBlockClass!}">${msg(elevation.approvers()?has_content?then("sallyport.elevation.ask", "sallyport.elevation.activate"))}</button>
          <#if elevation.emergency()?has_content>
            <fieldset id="sallyport-emergency">
              <legend>${msg("sallyport.elevation.emergency")}</legend>
              <p id="sallyport-emergency-hint">${msg("sallyport.elevation.emergency.hint")}</p>
              <label for="sallyport-emergency-duration" class="${properties.kcLabelClass!}">${msg("sallyport.elevation.duration")}</label>
              <select id="sallyport-emergency-duration" name="emergencyDuration" class="${properties.kcInputClass!}">
                <#list elevation.emergency() as option>
                  <option value="${option.value()}"<#if option.selected()> selected</#if>>${option.text()}</option>
                </#list>
              </select>
              <button type="submit" id="sallyport-emergency-ask" name="choice" value="emergency" aria-describedby="sallyport-emergency-hint" class="${properties.kcButtonClass!} ${properties.kcButtonDefaultClass!} ${properties.kcButtonBlockClass!}">${msg("sallyport.elevation.emergency.activate")}</button>
            </fieldset>
          </#if>
          <button type="submit" id="sallyport-without" name="choice" value="without" formnovalidate class="${properties.kcButtonClass!} ${properties.kcButtonDefaultClass!} ${properties.kcButtonBlockClass!}">${msg("sallyport.elevation.without")}</button>
        </div>
      </form>
    </div>
  </#if>
</@layout.registrationLayout>
