<#-- A report, in three parts so that any number of rows can be sent. Everything that comes from outside is escaped by FreeMarker's auto-escaping. -->
<#if part == "begin">
<!DOCTYPE html>
<html lang="${language}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${msg("sallyport.report.${id}.title")}</title>
  <style>${style?no_esc}</style>
</head>
<body>
<main>
  <h1>${msg("sallyport.report.${id}.title")}</h1>
  <dl>
    <dt>${msg("sallyport.report.realm")}</dt><dd>${realm}</dd>
    <dt>${msg("sallyport.report.madeAt")}</dt><dd><time>${madeAt}</time></dd>
    <#if from??><dt>${msg("sallyport.report.period")}</dt><dd>${msg("sallyport.report.days", from, to)}</dd></#if>
    <dt>${msg("sallyport.report.audit")}</dt>
    <dd><#if tree??>${msg("sallyport.report.tree", tree.size, tree.origin, tree.root)}<#else>${msg("sallyport.report.noTree")}</#if></dd>
  </dl>
  <table>
    <caption>${msg("sallyport.report.${id}.caption")}</caption>
    <thead>
      <tr>
      <#list columns as column>
        <th scope="col">${msg("sallyport.report.column.${column}")}</th>
      </#list>
      </tr>
    </thead>
    <tbody>
<#elseif part == "rows">
    <#list rows as row>
      <tr>
      <#list row as cell>
        <#if cell?index == heading><th scope="row"><#else><td></#if><#if cell.text??>${cell.text}<#else>${msg(cell.truth?string("sallyport.report.yes", "sallyport.report.no"))}</#if><#if cell?index == heading></th><#else></td></#if>
      </#list>
      </tr>
    </#list>
<#else>
    </tbody>
  </table>
  <p>${msg("sallyport.report.end")}</p>
</main>
</body>
</html>
</#if>
