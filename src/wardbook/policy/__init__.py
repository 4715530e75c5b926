"""The written policy: Markdown rulebooks read, checked, asked, and run over the facts of every use."""
