global using Orchestrator.Model;
