// The template engine: functions and methods, parsed templates, execution, and Helm's wording of errors.
//
//   FunctionTable table;  table.add(sprig_functions());  ...        once
//   TemplateSet set(table);  set.parse("chart/templates/a.yaml", text, budget);  ...   once a chart
//   RenderWorld world{...};  Execution run(set, world);             once a render
//   run.execute("chart/templates/a.yaml", data)                     once a file
#pragma once

#include "renderers/helm/template/execution.h"
#include "renderers/helm/template/function_table.h"
#include "renderers/helm/template/helm_errors.h"
#include "renderers/helm/template/template_set.h"
