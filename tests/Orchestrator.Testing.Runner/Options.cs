using Xunit.Abstractions;

namespace Orchestrator.Testing.Runner;

/// <summary>xunit's options by name; what is not set is xunit's default.</summary>
internal sealed class Options : ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
{
    private readonly Dictionary<string, object?> values = new()
    {
        // One test after another: the machine has one or two emulated CPUs.
        ["xunit.execution.DisableParallelization"] = true,
    };

    public TValue GetValue<TValue>(string name) =>
        values.TryGetValue(name, out var value) && value is TValue typed ? typed : default!;

    public void SetValue<TValue>(string name, TValue value) => values[name] = value;
}
