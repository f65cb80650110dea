import './styles/index.css';
import './app.ts';
import { startLanguage } from './text/index.ts';

await startLanguage();
document.body.append(document.createElement('dg-app'));
