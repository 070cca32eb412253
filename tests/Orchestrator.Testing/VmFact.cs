using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Orchestrator.Testing;

/// <summary>A test of what the virtual machine of tests/vm has and a machine at work must not be asked for (modules,
/// controllers of its root cgroup). Elsewhere there is no such test.</summary>
[XunitTestCaseDiscoverer("Orchestrator.Testing.VmFactDiscoverer", "Orchestrator.Testing")]
public sealed class VmFactAttribute : FactAttribute
{
    /// <summary>The only machine to run it on, as <c>v2</c>; all when null.</summary>
    public string? Only { get; set; }
}

/// <summary>Finds <see cref="VmFactAttribute"/> in the virtual machine.</summary>
public sealed class VmFactDiscoverer(IMessageSink diagnostics) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute)
    {
        var machine = Environment.GetEnvironmentVariable("ORCH_VM");
        var only = factAttribute.GetNamedArgument<string?>(nameof(VmFactAttribute.Only));
        return machine is null || (only is not null && only != machine) ? []
            : [new XunitTestCase(diagnostics, TestMethodDisplay.ClassAndMethod, TestMethodDisplayOptions.None, testMethod)];
    }
}
