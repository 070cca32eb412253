// Runs the tests of one assembly in this very process: for the virtual machine of tests/vm, which has the .NET runtime
// but no SDK, and where a second process would cost seconds.
// usage: run-tests ASSEMBLY [PART OF A NAME...]      exit 1: one failed
using System.Reflection;
using Orchestrator.Testing.Runner;
using Xunit.Abstractions;
using Xunit.Sdk;

var assembly = Assembly.LoadFrom(Path.GetFullPath(args[0]));
using var framework = new XunitTestFramework(new Silence());
using var discovery = new Discovery(args[1..]);
using (var discoverer = framework.GetDiscoverer(Reflector.Wrap(assembly)))
{
    foreach (var type in assembly.GetExportedTypes().Where(discovery.Wants))
    {
        discoverer.Find(type.FullName, includeSourceInformation: false, discovery, new Options());
        discovery.Finished.WaitOne();
    }
}

using var execution = new Execution();
if (discovery.Cases.Count > 0)
{
    using var executor = framework.GetExecutor(assembly.GetName());
    executor.RunTests(discovery.Cases, execution, new Options());
    execution.Finished.WaitOne();
}

Console.WriteLine($"{execution.Passed} passed, {execution.Failed} failed, {execution.Skipped} skipped");
return execution.Failed == 0 ? 0 : 1;
