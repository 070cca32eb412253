using Orchestrator.Linux;
using Orchestrator.Runtime;
using Orchestrator.Runtime.Commands;

try
{
    return CommandLine.Execute(args);
}
catch (RuntimeException e)
{
    CommandLine.Complain(e.Message);
    return e.ExitCode;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException)
{
    CommandLine.Complain(e.Message);
    return 1;
}
