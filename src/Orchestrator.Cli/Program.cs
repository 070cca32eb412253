using Orchestrator.Cli;

using var session = Session.OfProcess();
return Entry.Run(args, session);
