using Orchestrator.Runtime.Commands;

return CommandLine.Execute(args);
