global using Orchestrator.Model;
global using Orchestrator.Testing;
